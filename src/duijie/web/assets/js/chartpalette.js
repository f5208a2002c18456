/**
 * The page's colours and face, read from the tokens that hold where the chart stands.
 * @param {HTMLElement} box
 */
export function paletteOf(box) {
  const style = getComputedStyle(box);
  const token = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
  return {
    series: [1, 2, 3, 4, 5, 6].map((place) => token(`chart-${place}`)),
    ink: token("ink"), ink2: token("ink-2"), ink3: token("ink-3"), line: token("line"), surface: token("surface"), raised: token("raised"),
    wash: token("wash"), river: token("river"), riverWash: token("river-wash"), riverLine: token("river-line"), good: token("good"), bad: token("bad"),
    face: style.fontFamily,
    rem: parseFloat(getComputedStyle(document.documentElement).fontSize),
  };
}
