import { Dimensions, Platform } from 'react-native';
import { allowed } from '../../../core/src/consent.js';
import { use } from '../../../core/src/record.js';
import type { Context } from '../../../core/src/touchpoint.js';
import type { Feature } from '../start.js';

/** What Android's `Platform.constants` says beside what every platform has. */
interface Android {
  Model?: string;
  Manufacturer?: string;
  Release?: string;
}

const OS: Record<string, string> = { ios: 'iOS', android: 'Android' };

/**
 * Adds the device and the app to each touchpoint of somebody who may be told apart: system, model, language, time zone, screen.
 * `more` is what only the app knows: `app_name`, `app_version`, and on iOS `device_model`.
 */
export const deviceDetails = (more: Context = {}): Feature => () => {
  const { Model, Manufacturer, Release } = Platform.constants as Android;
  const { locale, timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const maker = Platform.OS == 'ios' ? 'Apple' : Manufacturer;
  const whole = Dimensions.get('screen');
  const fixed: Context = {
    language: locale,
    time_zone: timeZone,
    os_name: OS[Platform.OS] ?? Platform.OS,
    os_version: `${Release ?? Platform.Version}`,
    screen_width: Math.round(whole.width),
    screen_height: Math.round(whole.height),
    ...(Model && { device_model: Model }),
    ...(maker && { device_maker: maker }),
    ...more,
  };
  use((touchpoint) => {
    const { width, height } = Dimensions.get('window');
    const window = { viewport_width: Math.round(width), viewport_height: Math.round(height) };
    if (allowed()) touchpoint.context = { ...fixed, ...window, ...touchpoint.context };
    return touchpoint;
  });
};
