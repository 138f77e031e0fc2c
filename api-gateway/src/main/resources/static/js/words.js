/** How the page says things: durations, ages, states and what went wrong. */

export function duration(ms) {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** How long ago, short: for a list that is looked at, not read. */
export function age(then, now = Date.now()) {
  const minutes = Math.floor((now - then) / 60_000);
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / (24 * 60))} d`;
}

export function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** What a lane is doing, from its open turns. */
export function laneState({ running, waiting, unsent, connected, unread }) {
  if (!connected && running + waiting > 0) return 'disconnected';
  if (unsent > 0 && running + waiting === 0) return 'sending';
  if (running > 0) return waiting > 0 ? `answering, ${waiting} waiting` : 'answering';
  if (waiting > 0) return `${waiting} waiting`;
  return unread ? 'answered' : 'idle';
}

export function placeInQueue(position) {
  if (position <= 0) return 'next in this lane';
  return position === 1 ? 'waits for the turn before it' : `waits behind ${position} turns of this lane`;
}

/** The word for a confidence between 0 and 1. */
export function confidenceWord(confidence) {
  if (confidence >= 0.75) return 'sure';
  return confidence >= 0.5 ? 'likely' : 'unsure';
}

const FAILURES = {
  agent_error: 'The agent could not answer this.',
  agent_timeout: 'The agent took longer than it may.',
  deadline_exceeded: 'The answer was not ready by its deadline.',
  usage_limit: 'The answer would have gone over the usage limit.',
  answer_too_large: 'The answer grew larger than a turn may carry.',
  expired: 'The question waited too long and has expired.',
  poison: 'This question stopped its processor again and again, so it is no longer tried.',
  unreadable_record: 'The question reached the log in a form that cannot be read.',
  not_found: 'The server no longer knows this question.',
};

/** Each ends with what can be done. */
const REFUSALS = {
  rate_limited: 'Too many questions in a short time.',
  session_queue_full: 'This lane is full: let a few of its turns finish first.',
  overloaded: 'The server has as much as it can carry just now.',
  question_too_large: 'The question is too long: at most 32 KiB.',
  unauthorized: 'This server asks for an API key.',
  unknown_agent: 'This server has no such agent.',
};

export function failure({ error, attempt }) {
  const said = FAILURES[error?.code] ?? 'This turn failed.';
  const tried = attempt > 1 ? ` It was tried ${attempt} times.` : '';
  return said + tried;
}

export function refusal(problem) {
  const wait = problem.retryAfter ? ` Try again in ${duration(problem.retryAfter * 1000)}.` : '';
  return (REFUSALS[problem.code] ?? `The server did not take this question: ${problem.message}`) + wait;
}

export function ending({ status, reason }) {
  if (status === 'cancelled' && (reason === 'interrupted' || reason === 'rolled_back')) return 'Stopped: a newer question took its place.';
  if (status === 'cancelled') return 'Stopped. The agent will not remember it.';
  if (status === 'superseded') return 'Merged into the question after it.';
  if (status === 'rejected') return 'Not taken: this lane was busy.';
  return reason;
}

export function secondsLeft(at, now = Date.now()) {
  return Math.max(0, Math.ceil((new Date(at).getTime() - now) / 1000));
}
