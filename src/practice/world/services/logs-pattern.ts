import { AwsError } from "../account/world.ts";

/**
 * Reads a filter pattern for plain text: `term` and `"a phrase"` must occur, `?one ?other` asks for at least one
 * of them, `-term` must not occur. As in CloudWatch, `?` terms beside plain ones are not asked for.
 */
export function parsePattern(pattern: string): (message: string) => boolean {
  if (/^\s*[{[%]/.test(pattern)) {
    const message = "The practice world knows only filter patterns of terms and quoted phrases.";
    throw new AwsError("InvalidParameterException", message);
  }
  const terms = [...pattern.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/g)].map(
    ([, sign = "", phrase, word = ""]) => ({ sign, text: phrase?.replace(/\\(.)/g, "$1") ?? word }),
  );
  const signed = (sign: string) => terms.filter((term) => term.sign === sign).map((term) => term.text);
  const [required, optional, excluded] = [signed(""), signed("?"), signed("-")];
  return (message) => {
    if (excluded.some((term) => message.includes(term))) return false;
    if (required.length > 0) return required.every((term) => message.includes(term));
    return optional.length === 0 || optional.some((term) => message.includes(term));
  };
}
