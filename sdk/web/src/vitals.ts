/** Core Web Vitals, by Google's `web-vitals`: a module of its own, which only who asks for it loads. */
import { onCLS, onFCP, onINP, onLCP, onTTFB, type Metric } from 'web-vitals';
import type { Fields } from '../../core/src/touchpoint.js';

/** Tells of each vital once it is final (`web_vital`): its name, value in milliseconds (CLS: no unit), and rating. */
export function webVitals(track: (type: string, fields: Fields) => void): void {
  const tell = ({ name, value, rating }: Metric): void =>
    track('web_vital', { properties: { name, value: Math.round(value * 1000) / 1000, rating } });
  for (const measure of [onCLS, onFCP, onINP, onLCP, onTTFB]) measure(tell);
}
