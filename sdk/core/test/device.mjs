// The device as the bundled core sees it: everything lies in `theDevice`, which the test holds.
export const NAME = 'test';
export const refusals = () => theDevice.refusals;
export const arrival = () => (theDevice.campaign ? JSON.stringify(theDevice.campaign) : '');
export const around = (fields) => ({ campaign: theDevice.campaign ?? undefined, ...fields });
export const first = () => {};
export const granted = () => {};
export const told = (name, value) => value;
export const put = async (one) => theDevice.stored.set(one.id, structuredClone(one));
export const all = async () => ([...theDevice.stored.values()].map((one) => structuredClone(one)));
export const remove = async (touchpoints) => touchpoints.forEach((one) => theDevice.stored.delete(one.id));
export const clear = async () => theDevice.wipe();
export const inTurn = (work) => theDevice.alone(work);
