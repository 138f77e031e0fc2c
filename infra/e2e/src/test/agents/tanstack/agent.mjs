import { serve } from '@hono/node-server';
import { chat, chatParamsFromRequestBody, toServerSentEventsResponse } from '@tanstack/ai';
import { createOpenaiChatCompletions } from '@tanstack/ai-openai';

const model = createOpenaiChatCompletions('gpt-5.2', 'no-key', { baseURL: process.env.MODEL_URL });

async function fetch(request) {
  const { messages } = await chatParamsFromRequestBody(await request.json());
  const abortController = new AbortController();
  return toServerSentEventsResponse(chat({ adapter: model, messages, abortController }), { abortController });
}

serve({ fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => console.log(`http://127.0.0.1:${port}/`));
