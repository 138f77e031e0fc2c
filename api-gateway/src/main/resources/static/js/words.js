/** Texts of the page: durations, ages, states and errors. */
import { TurnlaneProblem } from './turnlane-client.js';

export function duration(ms) {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const unit = [[86_400, 'day'], [3_600, 'hour']].find(([size]) => seconds >= size && seconds % size === 0);
  if (unit) return plural(seconds / unit[0], unit[1]);
  return `${Math.floor(seconds / 60)} min ${seconds % 60 ? `${seconds % 60} s` : ''}`.trim();
}

/** Returns a short text for the time since `then`. */
export function age(then, now = Date.now()) {
  const minutes = Math.floor((now - then) / 60_000);
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / (24 * 60))} d`;
}

export function plural(count, noun) {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** Returns the state of a lane as a text. LaneList uses the first word of the text as a style. */
export function laneState({ running, waiting, unsent, connected, unread, elsewhere }) {
  if (elsewhere) return 'open in another tab';
  if (!connected && running + waiting > 0) return 'disconnected';
  if (unsent > 0 && running + waiting === 0) return 'sending';
  if (running > 0) return waiting > 0 ? `answering, ${waiting} waiting` : 'answering';
  if (waiting > 0) return `${waiting} waiting`;
  return unread ? 'unread' : 'idle';
}

/** `startsAt`: estimated start of the turn, or null. `reason`: reason other than earlier turns, or ''. */
export function queued(position, startsAt = null, reason = '') {
  if (reason === 'waiting_for_agent') return 'Waiting until a server with this agent is available';
  if (position <= 0) return 'Next in this lane';
  const seconds = startsAt === null ? 0 : secondsLeft(startsAt);
  const about = seconds > 0 ? `, about ${seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`}` : '';
  return (position === 1 ? 'Waiting for the previous turn' : `Waiting for ${position} earlier turns`) + about;
}

/** Returns the effect of a question on the open turns of its lane. */
export function effect(policy, { running, waiting }) {
  const both = [running && 'the running turn', waiting && plural(waiting, 'waiting question')].filter(Boolean).join(' and ');
  switch (policy) {
    case 'interrupt':
      return `This question stops ${both}`;
    case 'rollback':
      return `This question stops ${both}, and nothing of this stays in the history`;
    case 'reject':
      return 'This question is rejected if the lane is still busy';
    case 'coalesce':
      return waiting ? `This question is asked together with ${plural(waiting, 'waiting question')}` : 'This question waits: there is no other waiting question to merge it with';
    default:
      return `This question will wait for ${plural(running + waiting, 'earlier turn')}`;
  }
}

/** Returns a text with the time at which an unused lane is deleted. */
export function expiry(at, now = Date.now()) {
  const minutes = Math.floor((at - now) / 60_000);
  if (at <= now) return 'expired';
  if (minutes < 1) return 'expires in less than 1 min';
  if (minutes < 60) return `expires in ${minutes} min`;
  return minutes < 24 * 60 ? `expires in ${Math.floor(minutes / 60)} h` : `expires in ${plural(Math.floor(minutes / (24 * 60)), 'day')}`;
}

/** `older`: number of completed turns that are not shown. `more`: true if the server still has earlier turns. */
export function olderWords({ older, more, remembered }) {
  const which = older > 0 ? `${plural(older, 'earlier turn')} of this lane` : 'Earlier turns of this lane';
  const where = `${which} ${older === 1 ? 'is' : 'are'} ${more ? 'not shown' : 'no longer on the server'}.`;
  return remembered > 0 ? `${where} The agent remembers only the last ${plural(remembered, 'turn')}.` : where;
}

const OUTCOMES = {
  completed: (time) => time,
  failed: (time) => `failed after ${time}`,
  timed_out: (time) => `timed out after ${time}`,
  invalid: () => 'not called: invalid arguments',
  not_allowed: () => 'not called: not allowed for this agent',
};

/** Returns how a call of a tool ended. `seconds`: duration of the call. */
export function toolOutcome({ outcome: word, duration: seconds }) {
  const time = duration((seconds ?? 0) * 1000);
  return (OUTCOMES[word] ?? (() => `${word}, ${time}`))(time);
}

/** Returns the usage of an answer, with its cost if the server knows prices. */
export function usageWords({ model_calls: calls, input_tokens: input, output_tokens: output, cost, currency }) {
  const counts = [plural(calls, 'model call'), plural(input, 'input token'), plural(output, 'output token')];
  return [...counts, ...(cost == null ? [] : [`${amount(cost)} ${currency ?? ''}`.trim()])].join(', ');
}

/** Returns an amount of money. Small amounts have two significant digits. */
function amount(cost) {
  const digits = cost >= 1 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumSignificantDigits: 2 };
  return Number(cost).toLocaleString('en', digits);
}

/** Returns the word for a confidence between 0 and 1. */
export function confidenceWord(confidence) {
  if (confidence >= 0.75) return 'high';
  return confidence >= 0.5 ? 'medium' : 'low';
}

const FAILURES = {
  agent_error: 'The agent could not answer this question.',
  agent_timeout: 'The agent took too long.',
  input_required: 'The agent needs the input of a person, which is not supported yet.',
  state_too_large: 'The agent stores too much data in this lane.',
  invalid_state: 'The agent stored invalid data.',
  deadline_exceeded: 'The answer was not ready by the deadline.',
  usage_limit: 'The answer would have exceeded the usage limit.',
  answer_too_large: 'The answer is too large.',
  expired: 'The question waited too long and expired.',
  poison: 'The server crashed repeatedly while it answered this question, so it stopped trying.',
  unreadable_record: 'The server could not read the question.',
  not_found: 'The server no longer has this question.',
};

const REFUSALS = {
  rate_limited: 'Too many questions in a short time.',
  budget_exhausted: 'The usage budget is used up.',
  session_queue_full: 'Too many turns of this lane are open. Wait until some have ended.',
  question_too_large: 'The question is longer than 32 KiB. Shorten it.',
  unknown_agent: 'No server offers the agent of this lane at the moment. Choose another agent in the options, or open a new lane.',
};

/**
 * Returns the server's message, or the page's own sentence if there is none. A missed deadline always has the page's
 * sentence, because the server's message suggests a longer deadline, which the user of the page cannot set.
 */
function failure({ error, attempt }) {
  const message = error?.code === 'deadline_exceeded' ? '' : error?.message?.trim();
  const text = message || (FAILURES[error?.code] ?? 'This turn failed.');
  return attempt > 1 ? `${/[.!?…]$/.test(text) ? text : `${text}.`} Attempts: ${attempt}.` : text;
}

function refusal(problem) {
  if (problem.code === 'budget_exhausted') return problem.message; // has the time at which the budget is renewed
  const { retryAfter: seconds } = problem;
  const wait = seconds ? ` Try again in ${seconds < 60 ? `${seconds} s` : duration(seconds * 1000)}.` : '';
  return (REFUSALS[problem.code] ?? `The server rejected this question: ${problem.message}`) + wait;
}

/** Returns the outcome of a turn that has no answer, or an empty text. */
export function outcome(turn) {
  if (turn.status === 'failed') return failure(turn);
  if (turn.status === 'refused') return refusal(turn.problem);
  return turn.isTerminal && turn.status !== 'completed' ? ending(turn) : '';
}

function ending({ status, reason, attempt }) {
  const interrupted = reason === 'interrupted' || reason === 'rolled_back';
  if (status === 'cancelled' && interrupted && attempt > 0) return 'Stopped by a newer question.';
  if (status === 'cancelled' && interrupted) return 'Discarded before the agent received it: a newer question interrupted this lane.';
  if (status === 'cancelled' && reason === 'withdrawn') return 'Withdrawn.';
  if (status === 'cancelled') return 'Stopped. The agent will not remember this turn.';
  if (status === 'superseded') return 'Merged into a later question, whose answer covers this one too.';
  if (status === 'rejected') return 'Rejected because the lane was busy.';
  return reason;
}

/** Returns why a call failed, to follow a colon. A call without a reply of the server fails with another error. */
export function cause(error) {
  return error instanceof TurnlaneProblem ? error.message : 'the server cannot be reached.';
}

const PHASES = {
  RECEIVED: 'question received',
  QUEUED: 'question stored',
  DEQUEUED: 'turn started',
  SESSION_ALLOCATED: 'history loaded',
  PROVIDER_CALL_START: 'agent called',
  PROVIDER_CALL_END: 'agent finished',
  SESSION_RELEASED: 'result stored',
  COMPLETED: 'completed',
  TIMEOUT: 'time ran out',
  ERROR: 'ended without an answer',
};

/** Returns the words for a phase of a timeline. */
export function phaseWords(phase) {
  return PHASES[phase] ?? phase;
}

export function secondsLeft(at, now = Date.now()) {
  return Math.max(0, Math.ceil((new Date(at).getTime() - now) / 1000));
}
