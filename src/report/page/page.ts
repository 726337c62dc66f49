import type { MigrationReport } from '../../reports/report.js';
import { html, Markup } from './markup.js';
import { beforeAfter } from './sections/before-after.js';
import { journal } from './sections/journal.js';
import { overview } from './sections/overview.js';
import { proof } from './sections/proof.js';
import { rows } from './sections/rows.js';
import { storage } from './sections/storage.js';
import { time } from './sections/time.js';
import { STYLE } from './style.js';
import { moment } from './words.js';

/**
 * The whole document: it loads nothing, runs nothing, and says so to the browser, so that not even a mistake of ours
 * in escaping could make it. Pure: the same report gives the same bytes.
 */
export function renderPage(report: MigrationReport): string {
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`;
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>Drydock: ${report.database}, schema ${report.schema}</title>

<style>${new Markup(STYLE)}</style>
</head>
<body>
${overview(report)}
<main>
${rows(report)}
${proof(report)}
${beforeAfter(report)}
${storage(report)}
${time(report)}
${journal(report)}
</main>
<footer>Made by drydock report on ${moment(report.at)}. One file: it loads nothing and sends nothing.</footer>
</body>
</html>
`;
  return document.toString();
}
