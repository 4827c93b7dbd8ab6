// The theme's colours for what is drawn on a 2D canvas: read from the style sheet's tokens, again when the mode changes.
const NAMES = [
  "ground", "paper", "line", "line-strong", "ink", "ink-2", "ink-3", "brand", "good", "bad", "warn", "info",
  "g-talk", "g-ask", "g-decide", "g-think", "g-do", "g-wait", "g-people", "g-shape",
  "n-yellow", "n-green", "n-blue", "n-pink", "n-grey", "dots", "edge", "frame",
];

export function colours(element) {
  const style = getComputedStyle(element);
  const found = {};
  for (const name of NAMES) found[name] = style.getPropertyValue(`--${name}`).trim() || "#888";
  found.sans = style.fontFamily;
  return found;
}

export const groupColour = (c, group) => c[`g-${group}`] ?? c["g-shape"];
export const noteColour = (c, colour) => c[`n-${colour}`] ?? c["n-yellow"];
