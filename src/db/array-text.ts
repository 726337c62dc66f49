/** Some texts as the text of a Postgres array, to be sent as a parameter of a type such as `text[]`. */
export function arrayText(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;
}
