import type { Kind } from '../kind.js';

export const restart: Kind = {
  name: 'restart',
  what: 'immediate stop of the server, as by a power cut, and start',
  when: 'any',
  outcomes: { stops: true },
  weight: 2,
  async inject({ server, heal }) {
    const up = server.restart();
    heal.add(() => up);
    await up;
    return 'server restarted';
  },
};
