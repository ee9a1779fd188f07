/** What belongs to each owner, by ids; an owner of nothing takes no room. */
export class Members<Owner, Member> {
  readonly #of = new Map<Owner, Set<Member>>();

  of(owner: Owner): ReadonlySet<Member> {
    return this.#of.get(owner) ?? NONE;
  }

  add(owner: Owner, member: Member): void {
    const own = this.#of.get(owner);
    if (own === undefined) this.#of.set(owner, new Set([member]));
    else own.add(member);
  }

  remove(owner: Owner, member: Member): void {
    const own = this.#of.get(owner);
    own?.delete(member);
    if (own?.size === 0) this.#of.delete(owner);
  }

  forget(owner: Owner): void {
    this.#of.delete(owner);
  }
}

const NONE: ReadonlySet<never> = new Set<never>();
