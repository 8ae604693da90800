interface Window {
  /** What browsers since 2025 know of time; of it, only the name of the zone is asked for. */
  readonly Temporal?: { Now: { timeZoneId(): string } };
}

interface Navigator {
  /** Global Privacy Control (W3C draft). */
  readonly globalPrivacyControl?: boolean;
}
