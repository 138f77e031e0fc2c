package io.turnlane.e2e;

/** A realistic answer, with a table and a list. */
final class SampleAnswer {

    static final String LOSS_BEGINNING = """
            **Impermanent loss** is what a liquidity provider ends up short of, compared with simply holding the two \
            tokens. When their price ratio moves away from where it stood at the deposit,\s""";

    static final String LOSS_CONTINUATION = """
            the pool sells what rises and buys what falls.

            | price ratio since deposit | loss against holding |
            |---|---:|
            | 1.25 × | 0.6 % |
            | 2 × | 5.7 % |
            | 4 × | 20.0 % |

            1. It is *impermanent* because it vanishes when the ratio returns.
            2. It becomes final when you withdraw before that.

            With the ratio `r` it is `2·√r / (1 + r) − 1`. Trading fees work against it.""";

    private SampleAnswer() {}
}
