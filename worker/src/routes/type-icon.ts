/** A small picture for a type: the first letters of its package on a colour that all types of the package share. */
export function typeIcon(type: string): string {
  const parts = type.split('.');
  const place = parts.at(-2) ?? type;
  const letters = place.slice(0, 2).replace(/^./, (letter) => letter.toUpperCase());
  return btoa(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="5" fill="hsl(${hueOf(place)} 45% 40%)"/>` +
      `<text x="12" y="16" text-anchor="middle" font-family="sans-serif" font-size="11" fill="#fff">${letters}</text></svg>`,
  );
}

function hueOf(text: string): number {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + letter.charCodeAt(0)) % 360;
  return sum;
}
