let ignored: boolean | undefined;

/** For sites whose law does not know Do Not Track. Global Privacy Control always counts. */
export function ignoreDoNotTrack(): void {
  ignored = true;
}

/** Global Privacy Control and Do Not Track, which say no for the person. */
export const refusals = (): { gpc?: boolean | undefined; dnt?: boolean | undefined } => ({
  gpc: navigator.globalPrivacyControl,
  dnt: (!ignored && (navigator.doNotTrack as never) > 0) || undefined,
});
