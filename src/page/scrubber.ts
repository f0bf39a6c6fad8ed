/** Controls that page/scrub.js brings to life; without it they stay hidden, and the timeline says the same in words. */
export function scrubberHtml(count: number): readonly string[] {
  return [
    '<h2 id="moments-title">Event by event</h2>',
    "<noscript><p>Moving through the events needs JavaScript. Everything else on this page does not.</p></noscript>",
    '<div id="scrubber" hidden>',
    '<div class="controls">',
    '<button type="button" id="first">First</button>',
    '<button type="button" id="back">Back</button>',
    `<input type="range" id="place" min="1" max="${Math.max(1, count)}" value="1" aria-label="Event" aria-describedby="keys">`,
    '<button type="button" id="on">On</button>',
    '<button type="button" id="last">Last</button>',
    "</div>",
    '<p id="keys">Arrow keys move by one, Page Up and Page Down by ten, Home and End to the ends; on the whole page, j and k.</p>',
    '<p id="now" aria-live="polite"></p>',
    '<div id="standing"></div>',
    "</div>",
  ];
}
