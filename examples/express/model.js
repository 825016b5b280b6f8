// The model that examples/model.py exported: plain coefficients.
import { readFileSync } from "node:fs";

/** Reads it; refuses numbers that do not go together. */
export function readModel(file) {
  const { classes, coef, intercept, parents } = JSON.parse(readFileSync(file, "utf8"));
  const width = coef?.[0]?.length;
  const whole = classes?.length > 0 && intercept?.length === classes.length && coef.length === classes.length;
  if (!whole || !coef.every((row) => row.length === width)) {
    throw new Error(`${file}: classes, coef and intercept do not go together`);
  }
  return { parents, width, predict: (pixels) => classes[greatest(scores(pixels))] };

  function scores(pixels) {
    return coef.map((row, i) => row.reduce((sum, weight, at) => sum + weight * pixels[at], intercept[i]));
  }
}

/** The place of the greatest, the first where several are. */
function greatest(numbers) {
  return numbers.indexOf(Math.max(...numbers));
}
