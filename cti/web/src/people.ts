// Requests and types of users, tokens, second factors and the audit log, and their words in the language in force.
import { act, ask, Problem } from "./api.ts";
import { people as en, type People } from "./people.en.ts";
import { people as zh } from "./people.zh.ts";
import type { Language, Me } from "./types.ts";
import { useSpeech } from "./words.ts";

export interface Rights {
  role: string;
  agent: string | null;
  language: string;
  teams: string[];
  totp_required: boolean;
}

export interface User extends Rights {
  name: string;
  active: boolean;
  totp: boolean;
  recovery_codes: number;
}

export interface Token {
  id: string;
  name: string;
  role: string;
  teams: string[];
  created_by: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
}

export interface Deed {
  id: number;
  at: string;
  who: string;
  role: string;
  via: string;
  address: string;
  action: string;
  target: string;
  why: string;
  outcome: string;
  detail: Record<string, unknown>;
}

export interface Enrolment {
  secret: string;
  uri: string;
  picture: { size: number; path: string };
}

const tables: Record<Language, People> = { en, zh };
export const usePeople = (): People => tables[useSpeech().language];

const of = (user: string) => `/api/users/${encodeURIComponent(user)}`;

export const login = (name: string, password: string, code: string) => ask<Me>("POST", "/api/login", { name, password, code });
export const beginFactor = (name: string, password: string) => ask<Enrolment>("POST", "/api/second-factor", { name, password });
export const confirmFactor = (name: string, password: string, secret: string, code: string) =>
  ask<{ me: Me; recovery_codes: string[] }>("POST", "/api/second-factor/confirm", { name, password, secret, code });

export const changePassword = (password: string, fresh: string) => ask<Me>("POST", "/api/me/password", { password, new: fresh });

export const setPin = (password: string, pin: string) => ask<void>("POST", "/api/me/pin", { password, pin });

export const users = () => ask<{ users: User[]; all_teams: string[] }>("GET", "/api/users");
export const addUser = (name: string, password: string, rights: Rights) => ask<User>("POST", "/api/users", { name, password, ...rights });
export const changeUser = (user: string, rights: Rights) => act<User>(of(user), rights);
export const setActive = (user: string, active: boolean) => act<User>(`${of(user)}/active`, { active });
export const resetPassword = (user: string, password: string) => ask<User>("POST", `${of(user)}/password`, { password });
export const resetFactor = (user: string) => act<User>(`${of(user)}/second-factor/reset`);

export const tokens = () => ask<{ tokens: Token[] }>("GET", "/api/tokens");
export const makeToken = (name: string, role: string, teams: string[], days: number | null) =>
  ask<{ id: string; token: string }>("POST", "/api/tokens", { name, role, teams, days });
export const revokeToken = (id: string) => act<void>(`/api/tokens/${encodeURIComponent(id)}/revoke`);

export const deeds = (query: string) => ask<{ deeds: Deed[]; next: number | null }>("GET", `/api/audit?${query}`);

/** The code of a refusal; '' for anything else. */
export const refusal = (failure: unknown): string => (failure instanceof Problem ? failure.code : "");
