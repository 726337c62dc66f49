import { defineConfig } from 'pg-drydock';
import * as d from 'pg-drydock/declare';

/** What all six tables have. */
interface Login {
  id: number;
  user_id: number;
  created_at: Date;
  updated_at: Date | null;
}
interface GitHubLogin extends Login {
  github_id: number;
  login: string;
  display_name: string | null;
  token: string | null;
}
interface GoogleLogin extends Login {
  sub: string;
  claims: unknown;
}
interface FacebookLogin extends Login {
  facebook_id: number;
  profile: unknown;
  token: string | null;
}
interface TwitterLogin extends Login {
  twitter_id: string | null;
  handle: string;
  token: string | null;
  token_secret: string | null;
}
interface LdapLogin extends Login {
  dn: string;
  member_of: string[];
}
interface Identity extends Login {
  provider: string;
  uid: string;
  data: unknown;
}

// The provider is a part of the key: 1007 at GitHub is not 1007 at Facebook.
const login = d.key('login', { provider: d.folded, uid: d.folded });

const common = {
  identity: ['id'],
  times: { created: ['created_at'], updated: ['updated_at'] },
} as const;
const of = (provider: string) => d.constant(provider);

const identities = d.source<Identity>('identities', {
  ...common,
  match: [d.same(login, { provider: 'provider', uid: 'uid' })],
});
const github = d.source<GitHubLogin>('github_logins', {
  ...common,
  match: [d.same(login, { provider: of('GitHub'), uid: 'github_id' })],
  prefix: 'github',
});
const google = d.source<GoogleLogin>('google_logins', {
  ...common,
  match: [d.same(login, { provider: of('Google'), uid: 'sub' })],
  prefix: 'google',
});
const facebook = d.source<FacebookLogin>('facebook_logins', {
  ...common,
  match: [d.same(login, { provider: of('Facebook'), uid: 'facebook_id' })],
  prefix: 'facebook',
});
const twitter = d.source<TwitterLogin>('twitter_logins', {
  ...common,
  match: [d.same(login, { provider: of('Twitter'), uid: 'twitter_id' })],
  prefix: 'twitter',
});
const ldap = d.source<LdapLogin>('ldap_logins', {
  ...common,
  match: [d.same(login, { provider: of('LDAP'), uid: 'dn' })],
  prefix: 'ldap',
});

const provider = d.words({
  github: ['github', 'GitHub', ' GITHUB'],
  google: 'google Google',
  facebook: 'facebook',
  twitter: 'Twitter',
  ldap: 'ldap',
  saml: 'saml',
  gitlab: 'gitlab',
});

const logins = d.consolidation('logins', {
  // The table that is there: it keeps its ids, and what its applications know of it.
  into: 'identities',
  // It comes first: where a copy has a document, that counts.
  sources: [identities, github, google, facebook, twitter, ldap],
  columns: {
    provider: provider(
      identities.provider,
      d.computed(github, `'github'`),
      d.computed(google, `'google'`),
      d.computed(facebook, `'facebook'`),
      d.computed(twitter, `'twitter'`),
      d.computed(ldap, `'ldap'`),
    ),
    uid: d.text(
      identities.uid,
      d.printed(github.github_id),
      google.sub,
      d.printed(facebook.facebook_id),
      twitter.twitter_id,
      ldap.dn,
    ),
    user_id: d.newest(
      d.integer(
        identities.user_id,
        github.user_id,
        google.user_id,
        facebook.user_id,
        twitter.user_id,
        ldap.user_id,
      ),
    ),
    token: d.text(github.token, facebook.token, twitter.token),
    // What only one provider has goes into the document; the columns themselves are carried beside it.
    data: d.json(
      identities.data,
      google.claims,
      facebook.profile,
      d.computed(github, `jsonb_object(array['login', login, 'name', display_name])`),
      d.computed(twitter, `jsonb_object(array['handle', handle::text])`),
    ),
    created_at: d.earliest,
    updated_at: d.latest,
  },
});

export default defineConfig({ consolidations: [logins] });
