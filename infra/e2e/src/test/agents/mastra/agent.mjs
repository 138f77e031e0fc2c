import { serve } from '@hono/node-server';
import { Mastra } from '@mastra/core';
import { Agent } from '@mastra/core/agent';
import { MastraServer } from '@mastra/hono';
import { Hono } from 'hono';

const support = new Agent({
  id: 'support',
  name: 'Support',
  instructions: 'Answer in one sentence.',
  model: { id: 'local/model', url: process.env.MODEL_URL, apiKey: 'no-key' },
});

const app = new Hono();
await new MastraServer({ app, mastra: new Mastra({ agents: { support } }) }).init();

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => console.log(`http://127.0.0.1:${port}/`));
