// Asks a question and prints the answer as it arrives: node ask.mjs QUESTION GATEWAY
// The same code works in a page. There, import the module from the gateway or from a copy beside the page.
import { Turn, Turnlane } from '../../api-gateway/src/main/resources/static/js/turnlane-client.js';

async function ask(question, gateway) {
  const turnlane = new Turnlane({ baseUrl: gateway });
  const { session_id: sessionId } = await turnlane.createSession();
  const accepted = await turnlane.ask(sessionId, question);
  const turn = new Turn(accepted.request_id);

  let shown = '';
  await new Promise((ended) => {
    turnlane.streamRequest(sessionId, turn.requestId, {
      onEvent: (event) => {
        if (!turn.apply(event)) return;
        if (!turn.text.startsWith(shown)) {
          console.log('\n(The answer starts again. Ignore the text above.)'); // the text of a new attempt
          shown = '';
        }
        process.stdout.write(turn.text.slice(shown.length));
        shown = turn.text;
      },
      onState: ({ state }) => console.error(state),
      onEnd: ended,
    });
  });

  console.log();
  console.error(`${turn.status}, session ${sessionId}`);
}

const [question, gateway] = process.argv.slice(2);
if (!question || !gateway) {
  console.error('Usage: node ask.mjs QUESTION GATEWAY');
  console.error('Example: node ask.mjs "What is slippage?" http://localhost:8080');
  process.exitCode = 2;
} else {
  await ask(question, gateway).catch((error) => {
    const reason = error.cause?.message || error.cause?.code || error.message;
    console.error(`${gateway} did not answer the question: ${reason}`);
    process.exitCode = 1;
  });
}
