import { html } from './markup.js';

/**
 * Hatchings of the roles, for the whole page; the style sheet gives them their colours. Not hidden
 * by `display: none`, which would take the patterns away too.
 */
export const PATTERNS = html`<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>
<pattern id="isolated" class="isolated" width="10" height="10" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="10" height="10"/><rect class="stripe" width="4" height="10"/></pattern>
<pattern id="syncing" class="syncing" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8"/><circle class="stripe" cx="4" cy="4" r="1.4"/></pattern>
<pattern id="frozen" class="frozen" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8"/><rect class="stripe" width="2" height="8"/></pattern>
<pattern id="cut" class="cut" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="9" height="9"/><rect class="stripe" width="2" height="9"/></pattern>
</defs></svg>`;
