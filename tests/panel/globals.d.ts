// What a UXP host gives a panel beside the DOM; only what the panel uses.

declare module "uxp" {
  export const storage: { secureStorage?: import("../../core/twopop/service/panel/lib/place.js").Vault } | undefined;
}

interface UxpDocument extends Document {
  theme?: { getCurrent(): string; onUpdated: { addListener(heard: (name: string) => void): void } };
}
