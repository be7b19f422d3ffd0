import { html, render } from './htm.js';
import { startFeed } from './live/feed.js';
import { App } from './shell/app.js';
import { followAddress } from './shell/route.js';

followAddress();
const place = document.getElementById('console');
if (place !== null) {
  place.replaceChildren();
  render(html`<${App} feed=${startFeed()} />`, place);
}
