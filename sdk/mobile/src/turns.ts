let turn: Promise<unknown> = Promise.resolve();

/** One round of sending at a time. */
export const inTurn = (work: () => Promise<void>): Promise<unknown> =>
  (turn = turn.then(work).catch((error: unknown) => console.warn('klantreis', error)));
