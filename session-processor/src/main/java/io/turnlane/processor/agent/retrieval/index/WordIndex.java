package io.turnlane.processor.agent.retrieval.index;

import io.turnlane.processor.agent.retrieval.dataset.DataSetEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;

/**
 * Index of the words of the entries, searched with BM25. A Lucene index in memory, with one document for each entry.
 * English words are reduced to their stems. Immutable and safe for use by multiple threads.
 */
final class WordIndex {

    private static final String WORDINGS = "wordings";
    private static final String ANSWER = "answer";
    /** Weight of a word in the answer. A word in the question or in a paraphrase has the weight 1. */
    private static final float ANSWER_WEIGHT = 0.2f;
    /** Maximum number of different words of a question that are searched. The cost of a search grows with them. */
    private static final int MAX_WORDS = 200;

    /**
     * Logger through which Lucene warns that the JVM runs without the incubating vector API. This API only makes large
     * searches faster. A constant refers to the logger, because the JVM forgets loggers and their levels otherwise.
     */
    private static final Logger VECTOR_API_WARNING =
            Logger.getLogger("org.apache.lucene.internal.vectorization.VectorizationProvider");

    static {
        VECTOR_API_WARNING.setLevel(Level.SEVERE);
    }

    private final Analyzer analyzer = new EnglishAnalyzer();
    private final IndexSearcher searcher;
    private final int size;

    /** Creates the index, which takes up to a second in a new JVM, mostly to load and warm up Lucene's classes. */
    WordIndex(List<DataSetEntry> entries) {
        this.size = entries.size();
        try {
            Directory directory = new ByteBuffersDirectory();
            try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(analyzer))) {
                for (DataSetEntry entry : entries) {
                    writer.addDocument(document(entry));
                }
            }
            this.searcher = new IndexSearcher(DirectoryReader.open(directory));
            searcher.setQueryCache(null); // caching would cost more than it saves
        } catch (IOException e) {
            throw new UncheckedIOException("the entries cannot be indexed", e);
        }
    }

    /** Returns the BM25 score of each entry for the words of the question, in the order of the entries. */
    float[] scores(String question) {
        float[] scores = new float[size];
        try {
            BooleanQuery.Builder query = new BooleanQuery.Builder();
            for (String word : words(question)) {
                query.add(new TermQuery(new Term(WORDINGS, word)), BooleanClause.Occur.SHOULD);
                query.add(
                        new BoostQuery(new TermQuery(new Term(ANSWER, word)), ANSWER_WEIGHT),
                        BooleanClause.Occur.SHOULD);
            }
            for (ScoreDoc match : searcher.search(query.build(), size).scoreDocs) {
                scores[match.doc] = match.score; // documents are numbered in the order in which they were added
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the words cannot be searched", e);
        }
        return scores;
    }

    private static Document document(DataSetEntry entry) {
        Document document = new Document();
        entry.wordings().forEach(wording -> document.add(new TextField(WORDINGS, wording, Field.Store.NO)));
        document.add(new TextField(ANSWER, entry.answer(), Field.Store.NO));
        return document;
    }

    private Set<String> words(String text) throws IOException {
        Set<String> words = new LinkedHashSet<>();
        try (TokenStream tokens = analyzer.tokenStream(WORDINGS, text)) {
            CharTermAttribute word = tokens.addAttribute(CharTermAttribute.class);
            tokens.reset();
            while (words.size() < MAX_WORDS && tokens.incrementToken()) {
                words.add(word.toString());
            }
            if (words.size() < MAX_WORDS) {
                tokens.end();
            }
        }
        return words;
    }
}
