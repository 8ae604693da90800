interface Navigator {
  /** Global Privacy Control (W3C draft). */
  readonly globalPrivacyControl?: boolean;
}
