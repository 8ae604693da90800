/** The version of the package; the build fills it in. */
declare const VERSION: string;

interface Navigator {
  /** Global Privacy Control (W3C draft). */
  readonly globalPrivacyControl?: boolean;
}
