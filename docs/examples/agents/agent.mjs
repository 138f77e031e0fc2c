// Agent for Turnlane that speaks OpenAI Responses. Needs only Node.js: node agent.mjs [PORT]
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** Yields the answer piece by piece, until the signal is aborted. Call your own agent here. */
async function* answer(messages, signal) {
  const number = messages.filter(({ role }) => role === 'user').length;
  for (const word of `Question ${number} was: ${messages.at(-1).content}`.split(' ')) {
    await wait(50, undefined, { signal });
    yield `${word} `;
  }
}

const server = createServer(async (request, response) => {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += part;
  const closed = new AbortController();
  response.on('close', () => closed.abort());
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  const send = (type, fields) => response.write(`data: ${JSON.stringify({ type, ...fields })}\n\n`);
  try {
    for await (const delta of answer(JSON.parse(body).input, closed.signal)) {
      send('response.output_text.delta', { item_id: 'answer', output_index: 0, content_index: 0, delta });
    }
    send('response.completed', { response: { status: 'completed' } });
    response.end();
  } catch (error) {
    if (!closed.signal.aborted) throw error;
    console.log('cancelled'); // Turnlane closed the connection
  }
});

server.listen(Number(process.argv[2] ?? 9000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
