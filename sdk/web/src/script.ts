/** The script tag: `<script async src="/k.js" data-key="…"></script>`. */
import { consent, identify, track } from '../../core/src/api.js';
import { dropped } from '../../core/src/queue.js';
import { begin } from './klantreis.js';
import { pageViews } from './navigation.js';
import { tag } from './tag.js';

tag(
  {
    track,
    identify,
    consent,
    get dropped(): number {
      return dropped;
    },
  },
  (installation) => {
    begin(installation);
    pageViews();
  },
);
