// The administrator's page: who may sign in and as what, and the tokens of other programs.
import { useEffect, useState } from "preact/hooks";
import { Dialog } from "./dialog.tsx";
import { DialogEnd, Foreign, Moment, ProblemLine, useRequest } from "./parts.tsx";
import * as people from "./people.ts";
import { usePeople, type Rights, type Token, type User } from "./people.ts";
import type { Ui } from "./types.ts";

const ROLES = ["agent", "supervisor", "quality", "admin"];
const WALL = "wall";
const SHORTEST_PASSWORD = 8;
const NEW: Rights = { role: "agent", agent: null, language: "zh", teams: [], totp_required: false };

export function UsersPage({ ui }: { ui: Ui }) {
  const text = usePeople();
  const request = useRequest();
  const [users, setUsers] = useState<User[]>([]);
  const [teams, setTeams] = useState<string[]>([]);
  const [tokens, setTokens] = useState<Token[]>([]);
  const [shown, setShown] = useState<User | "new" | "token" | null>(null);

  function load(): void {
    void request.run(async () => {
      const [everybody, all] = await Promise.all([people.users(), people.tokens()]);
      setUsers(everybody.users);
      setTeams(everybody.all_teams);
      setTokens(all.tokens);
    });
  }
  useEffect(load, []);
  function done(): void {
    setShown(null);
    load();
  }

  return (
    <main class="report">
      <header>
        <h2>{text.users}</h2>
        <button type="button" class="primary" onClick={() => setShown("new")}>
          {text.addUser}
        </button>
      </header>
      <ProblemLine problem={request.problem} />
      <UsersTable users={users} ui={ui} onChange={setShown} />
      <header>
        <h2>{text.tokens}</h2>
        <button type="button" onClick={() => setShown("token")}>
          {text.addToken}
        </button>
      </header>
      <TokensTable tokens={tokens} onRevoked={load} />
      {shown === "token" ? (
        <NewToken teams={teams} onDone={done} />
      ) : shown !== null ? (
        <UserDialog user={shown === "new" ? null : shown} teams={teams} ui={ui} onDone={done} />
      ) : null}
    </main>
  );
}

function UsersTable({ users, ui, onChange }: { users: User[]; ui: Ui; onChange(user: User): void }) {
  const text = usePeople();
  const named = new Map(ui.targets.agents.map((agent) => [agent.agent as string, agent.name]));
  return (
    <table class="people">
      <thead>
        <tr>
          {[text.userName, text.role, text.agent, text.teams, text.secondFactor].map((title) => (
            <th scope="col">{title}</th>
          ))}
          <th />
        </tr>
      </thead>
      <tbody>
        {users.map((user) => (
          <tr key={user.name} data-user={user.name} class={user.active ? "" : "quiet-row"}>
            <th scope="row">
              <Foreign text={user.name} />
              {!user.active && <span class="under">{text.notActive}</span>}
            </th>
            <td>{text.roles[user.role] ?? user.role}</td>
            <td>{user.agent ? <Foreign text={named.get(user.agent) ?? user.agent} /> : text.none}</td>
            <td>{user.role === "agent" ? text.none : user.teams.join(", ") || text.allTeams}</td>
            <td>{user.totp ? text.hasOne(user.recovery_codes) : user.totp_required ? text.isNeeded : text.none}</td>
            <td class="num">
              <button type="button" class="small" aria-label={`${text.change} ${user.name}`} onClick={() => onChange(user)}>
                {text.change}
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function UserDialog({ user, teams, ui, onDone }: { user: User | null; teams: string[]; ui: Ui; onDone(): void }) {
  const text = usePeople();
  const request = useRequest();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [rights, setRights] = useState<Rights>(() => (user ? rightsOf(user) : NEW));
  const set = (change: Partial<Rights>) => setRights((before) => ({ ...before, ...change }));
  async function apply(action: () => Promise<unknown>): Promise<void> {
    if (await request.run(action)) onDone();
  }
  return (
    <Dialog title={user ? user.name : text.addUser} onClose={onDone}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void apply(() => (user ? people.changeUser(user.name, rights) : people.addUser(name, password, rights)));
        }}
      >
        {!user && (
          <>
            <label>
              {text.userName}
              <input name="new-name" required maxLength={64} value={name} onInput={(event) => setName(event.currentTarget.value)} />
            </label>
            <PasswordField label={text.firstPassword} value={password} onInput={setPassword} required />
          </>
        )}
        <Choice label={text.role} value={rights.role} choices={ROLES.map((role) => [role, text.roles[role] ?? role])} onChoose={(role) => set({ role })} />
        <Choice
          label={text.agent}
          value={rights.agent ?? ""}
          choices={[["", text.noAgent], ...ui.targets.agents.map((agent): [string, string] => [agent.agent, `${agent.name} (${agent.agent})`])]}
          onChoose={(agent) => set({ agent: agent || null })}
        />
        <Choice label={text.language} value={rights.language} choices={[["zh", "中文"], ["en", "English"]]} onChoose={(language) => set({ language })} />
        <TeamChoices teams={teams} chosen={rights.teams} onChoose={(chosen) => set({ teams: chosen })} />
        <label class="check">
          <input type="checkbox" checked={rights.totp_required} onChange={(event) => set({ totp_required: event.currentTarget.checked })} />
          {text.mustHaveOne}
        </label>
        <DialogEnd request={request} does={text.save} leave={text.close} onDone={onDone} />
      </form>
      {user && <Measures user={user} busy={request.busy} onApply={apply} />}
    </Dialog>
  );
}

/** What takes effect at once, each by a button of its own. */
function Measures({ user, busy, onApply }: { user: User; busy: boolean; onApply(action: () => Promise<unknown>): Promise<void> }) {
  const text = usePeople();
  const [password, setPassword] = useState("");
  return (
    <section class="measures">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void onApply(() => people.resetPassword(user.name, password));
        }}
      >
        <PasswordField label={text.newPassword} value={password} onInput={setPassword} required />
        <button type="submit" class="small" disabled={busy}>
          {text.resetPassword}
        </button>
      </form>
      <p class="measures-row">
        {user.totp && (
          <button type="button" class="small" disabled={busy} onClick={() => onApply(() => people.resetFactor(user.name))}>
            {text.resetFactor}
          </button>
        )}
        <button type="button" class="small" disabled={busy} onClick={() => onApply(() => people.setActive(user.name, !user.active))}>
          {user.active ? text.deactivate : text.activate}
        </button>
      </p>
    </section>
  );
}

function NewToken({ teams, onDone }: { teams: string[]; onDone(): void }) {
  const text = usePeople();
  const request = useRequest();
  const [name, setName] = useState("");
  const [role, setRole] = useState("supervisor");
  const [chosen, setChosen] = useState<string[]>([]);
  const [days, setDays] = useState("365");
  const [token, setToken] = useState("");
  function submit(event: Event): void {
    event.preventDefault();
    void request.run(async () => setToken((await people.makeToken(name, role, chosen, days ? Number(days) : null)).token));
  }
  if (token) {
    return (
      <Dialog title={name} onClose={onDone}>
        <p>{role === WALL ? text.wallMade : text.tokenMade}</p>
        <code class="secret">{role === WALL ? `${location.origin}/wall#token=${token}` : token}</code>
        <div class="dialog-end">
          <button type="button" class="primary" onClick={onDone}>
            {text.close}
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={text.addToken} onClose={onDone}>
      <form onSubmit={submit}>
        <label>
          {text.tokenName}
          <input required maxLength={64} value={name} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <Choice label={text.role} value={role} choices={[...ROLES, WALL].map((one) => [one, text.roles[one] ?? one])} onChoose={setRole} />
        <TeamChoices teams={teams} chosen={chosen} onChoose={setChosen} />
        <label>
          {text.days}
          <input type="number" min={1} max={3650} value={days} onInput={(event) => setDays(event.currentTarget.value)} />
        </label>
        <DialogEnd request={request} does={text.makeToken} leave={text.close} onDone={onDone} />
      </form>
    </Dialog>
  );
}

function TokensTable({ tokens, onRevoked }: { tokens: Token[]; onRevoked(): void }) {
  const text = usePeople();
  const request = useRequest();
  if (tokens.length === 0) return <p class="soft">{text.none}</p>;
  return (
    <>
      <ProblemLine problem={request.problem} />
      <table class="people">
        <thead>
          <tr>
            {[text.tokenName, text.role, text.teams, text.made, text.until, text.used].map((title) => (
              <th scope="col">{title}</th>
            ))}
            <th />
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.id} class={token.revoked_at ? "quiet-row" : ""}>
              <th scope="row">
                <Foreign text={token.name} />
              </th>
              <td>{text.roles[token.role] ?? token.role}</td>
              <td>{token.teams.join(", ") || text.allTeams}</td>
              <td>
                <Moment at={token.created_at} /> · <Foreign text={token.created_by} />
              </td>
              <td>{token.expires_at ? token.expires_at.slice(0, 10) : text.forever}</td>
              <td>{token.last_used_at ? <Moment at={token.last_used_at} /> : text.never}</td>
              <td class="num">
                {token.revoked_at ? (
                  text.revoked
                ) : (
                  <button
                    type="button"
                    class="small"
                    aria-label={`${text.revoke} ${token.name}`}
                    disabled={request.busy}
                    onClick={() => request.run(() => people.revokeToken(token.id)).then(onRevoked)}
                  >
                    {text.revoke}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Choice({ label, value, choices, onChoose }: { label: string; value: string; choices: [string, string][]; onChoose(value: string): void }) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        {choices.map(([one, told]) => (
          <option value={one}>{told}</option>
        ))}
      </select>
    </label>
  );
}

function TeamChoices({ teams, chosen, onChoose }: { teams: string[]; chosen: string[]; onChoose(teams: string[]): void }) {
  const text = usePeople();
  const toggled = (team: string) => (chosen.includes(team) ? chosen.filter((one) => one !== team) : [...chosen, team]);
  return (
    <fieldset class="teams">
      <legend>{text.teams}</legend>
      {teams.map((team) => (
        <label class="check" key={team}>
          <input type="checkbox" checked={chosen.includes(team)} onChange={() => onChoose(toggled(team))} />
          {team}
        </label>
      ))}
    </fieldset>
  );
}

function PasswordField({ label, value, onInput, required }: { label: string; value: string; onInput(value: string): void; required?: boolean }) {
  return (
    <label>
      {label}
      <input
        type="password"
        autocomplete="new-password"
        required={required}
        minLength={SHORTEST_PASSWORD}
        maxLength={256}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

function rightsOf({ role, agent, language, teams, totp_required }: User): Rights {
  return { role, agent, language, teams, totp_required };
}
