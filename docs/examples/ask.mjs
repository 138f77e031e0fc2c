// Asks a question and prints its answer as it comes: node ask.mjs QUESTION GATEWAY
// In a page: the same lines, with the module from the gateway or copied beside the page.
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
          console.log('\n(once more: what stands above is void)'); // another attempt's text
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
  console.error('Usage: node ask.mjs QUESTION GATEWAY, as node ask.mjs "What is slippage?" http://localhost:8080');
  process.exitCode = 2;
} else {
  await ask(question, gateway).catch((error) => {
    console.error(`${gateway} didn't take it: ${error.cause?.message || error.cause?.code || error.message}`);
    process.exitCode = 1;
  });
}
