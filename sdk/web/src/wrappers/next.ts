'use client';
/**
 * Next.js: `<Klantreis …>` in the root layout, which is rendered on the server: so it takes names where React's takes
 * functions, and tells of everything but what is named in `off`.
 */
import * as features from './features.js';
import { type Installation, track } from '@klantreis/web';
import { useReportWebVitals } from 'next/web-vitals.js';
import { createElement, Fragment, type ReactElement } from 'react';
import { Klantreis as Begin } from '@klantreis/web/react';

export { useTouchpoint } from '@klantreis/web/react';

export type FeatureName = keyof typeof features;

export interface KlantreisProps extends Omit<Installation, 'key'> {
  /** The public key that `klantreis keys add` made. React keeps the name `key` for itself. */
  siteKey: string;
  /** What shall not be told of by itself. */
  off?: FeatureName[];
  /** Tells of Core Web Vitals, as Next.js measures them. */
  vitals?: boolean;
}

/** Begins in the browser. Shows nothing. */
export function Klantreis({ off = [], vitals, ...given }: KlantreisProps): ReactElement {
  const wanted = Object.entries(features).filter(([name]) => !off.includes(name as FeatureName));
  return createElement(
    Fragment,
    null,
    createElement(Begin, { ...given, features: wanted.map(([, feature]) => feature) }),
    vitals && createElement(Vitals),
  );
}

const VITALS = ['CLS', 'FCP', 'INP', 'LCP', 'TTFB'];

interface Metric {
  name: string;
  value: number;
  rating?: string;
  navigationType?: string;
}

/**
 * Outside of the component: Next.js would measure anew with each other function. What it measures beside, and once more for
 * each route, is left out: elsewhere a page has each vital once.
 */
function tell({ name, value, rating, navigationType }: Metric): void {
  if (!VITALS.includes(name) || navigationType == 'soft-navigation') return;
  track('web_vital', { properties: { name, value: Math.round(value * 1000) / 1000, rating } });
}

function Vitals(): null {
  useReportWebVitals(tell);
  return null;
}
