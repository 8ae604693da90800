/** A UUID of version 7 (RFC 9562, section 5.7): it begins with the time, so that ids sort by age. */
export declare const uuid: () => string;
