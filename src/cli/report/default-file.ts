/** Where the page goes when nobody says where. */
export const DEFAULT_FILE = 'drydock-report.html';
