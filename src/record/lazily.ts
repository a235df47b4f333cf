/** Parts of a record that are made when they are first asked for: a page asks for few of them. */

/**
 * `base`, with these parts: each is made when it is first read, and then stays. They are its own and are listed like any others, so that
 * copying or comparing the whole makes all of them. A part that fails is tried again when it is asked for again.
 */
export function lazily<B extends object, T extends object>(
  base: B,
  parts: { readonly [K in keyof T]: () => T[K] },
): B & T {
  for (const name of Object.keys(parts) as (keyof T)[])
    Object.defineProperty(base, name, {
      enumerable: true,
      configurable: true,
      get() {
        const value = parts[name]()
        Object.defineProperty(base, name, { value, enumerable: true, configurable: true, writable: false })
        return value
      },
    })
  return base as B & T
}
