package io.turnlane.model.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** The examples of RFC 6902, appendix A, and the rules of its section 4. */
class JsonPatchTest {

    private static final JsonMapper JSON = new JsonMapper();

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            A.1  | {"foo":"bar"} | [{"op":"add","path":"/baz","value":"qux"}] | {"baz":"qux","foo":"bar"}
            A.2  | {"foo":["bar","baz"]} | [{"op":"add","path":"/foo/1","value":"qux"}] | {"foo":["bar","qux","baz"]}
            A.3  | {"baz":"qux","foo":"bar"} | [{"op":"remove","path":"/baz"}] | {"foo":"bar"}
            A.4  | {"foo":["bar","qux","baz"]} | [{"op":"remove","path":"/foo/1"}] | {"foo":["bar","baz"]}
            A.5  | {"baz":"qux","foo":"bar"} | [{"op":"replace","path":"/baz","value":"boo"}] | {"baz":"boo","foo":"bar"}
            A.6  | {"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}} | [{"op":"move","from":"/foo/waldo","path":"/qux/thud"}] | {"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}
            A.7  | {"foo":["all","grass","cows","eat"]} | [{"op":"move","from":"/foo/1","path":"/foo/3"}] | {"foo":["all","cows","eat","grass"]}
            A.8  | {"baz":"qux","foo":["a",2,"c"]} | [{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}] | {"baz":"qux","foo":["a",2,"c"]}
            A.10 | {"foo":"bar"} | [{"op":"add","path":"/child","value":{"grandchild":{}}}] | {"foo":"bar","child":{"grandchild":{}}}
            A.11 | {"foo":"bar"} | [{"op":"add","path":"/baz","value":"qux","xyz":123}] | {"foo":"bar","baz":"qux"}
            A.14 | {"/":9,"~1":10} | [{"op":"test","path":"/~01","value":10}] | {"/":9,"~1":10}
            A.16 | {"foo":["bar"]} | [{"op":"add","path":"/foo/-","value":["abc","def"]}] | {"foo":["bar",["abc","def"]]}
            copy | {"a":{"b":[1]}} | [{"op":"copy","from":"/a","path":"/c"},{"op":"add","path":"/c/b/-","value":2}] | {"a":{"b":[1]},"c":{"b":[1,2]}}
            whole | {"a":1} | [{"op":"replace","path":"","value":{"b":2}}] | {"b":2}
            null | {"a":1} | [{"op":"replace","path":"/a","value":null},{"op":"test","path":"/a","value":null}] | {"a":null}
            test | {"a":{"b":1,"c":[1.0]}} | [{"op":"test","path":"/a","value":{"c":[1],"b":1.00}}] | {"a":{"b":1,"c":[1.0]}}
            empty name | {"":1} | [{"op":"replace","path":"/","value":2}] | {"":2}
            """)
    void appliesAPatch(String example, String object, String patch, String expected) throws Exception {
        Map<String, Object> before = object(object);
        assertThat(JsonPatch.apply(before, list(patch))).isEqualTo(object(expected));
        assertThat(before).as("the object is not modified").isEqualTo(object(object));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            A.9  | {"baz":"qux"} | [{"op":"test","path":"/baz","value":"bar"}]
            A.12 | {"foo":"bar"} | [{"op":"add","path":"/baz/bat","value":"qux"}]
            A.15 | {"/":9,"~1":10} | [{"op":"test","path":"/~01","value":"10"}]
            missing member | {"a":1} | [{"op":"remove","path":"/b"}]
            replaced member is missing | {"a":1} | [{"op":"replace","path":"/b","value":1}]
            index after the end | {"a":[1]} | [{"op":"add","path":"/a/2","value":1}]
            index with a leading zero | {"a":[1,2]} | [{"op":"remove","path":"/a/01"}]
            index is no number | {"a":[1,2]} | [{"op":"remove","path":"/a/-"}]
            no pointer | {"a":1} | [{"op":"remove","path":"a"}]
            invalid escape | {"a~2":1} | [{"op":"remove","path":"/a~2"}]
            no value | {"a":1} | [{"op":"add","path":"/b"}]
            unknown operation | {"a":1} | [{"op":"merge","path":"/b","value":1}]
            moved into itself | {"a":{"b":1}} | [{"op":"move","from":"/a","path":"/a/b"}]
            not an object | {"a":1} | [{"op":"replace","path":"","value":[]}]
            nothing left | {"a":1} | [{"op":"remove","path":""}]
            operation is no object | {"a":1} | ["add"]
            """)
    void rejectsAPatch(String example, String object, String patch) throws Exception {
        assertThatIllegalArgumentException().isThrownBy(() -> JsonPatch.apply(object(object), list(patch)));
    }

    @Test
    void rejectsAShortPatchWithAHugeResult() throws Exception {
        List<Object> doublings = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            doublings.add(Map.of("op", "copy", "from", "/a", "path", "/a/b" + i));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonPatch.apply(object("{\"a\":{}}"), doublings))
                .withMessageContaining("too large");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(String json) throws Exception {
        return JSON.readValue(json, Map.class);
    }

    private static List<?> list(String json) throws Exception {
        return JSON.readValue(json, List.class);
    }
}
