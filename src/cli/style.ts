import pc from 'picocolors';

/** How a report is drawn: the colour functions (plain ones where colour is off) and the width in columns. */
export interface Style {
  readonly colors: ReturnType<typeof pc.createColors>;
  readonly width: number;
}

const NARROWEST = 60;
const WIDEST = 120;

/** A style for a stream: colour only on a terminal, or when FORCE_COLOR asks; NO_COLOR and `--no-color` win. */
export function styleFor(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  color: boolean,
  env: Readonly<Record<string, string | undefined>>,
): Style {
  const terminal = stream.isTTY === true && env.TERM !== 'dumb';
  const wanted = color && !env.NO_COLOR && (terminal || Boolean(env.FORCE_COLOR));
  const columns = stream.isTTY === true && stream.columns ? stream.columns : 80;
  return { colors: pc.createColors(wanted), width: Math.min(Math.max(columns, NARROWEST), WIDEST) };
}

/** Without colour, 80 columns: what a pipe gets. */
export const PLAIN: Style = { colors: pc.createColors(false), width: 80 };
