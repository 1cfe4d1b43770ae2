import type { Simulator } from '../../simulator/simulator.ts';

/** Makes a simulated device print these texts for these commands, whatever is true of it. Before the command is first asked for. */
export function speak(simulator: Simulator, name: string, texts: Record<string, string>): void {
  const state = simulator.internals.states.get(name);
  if (state === undefined) throw new Error(`no simulated device ${name}`);
  const { platform } = state.device;
  for (const command of Object.keys(texts)) {
    if (!platform.commands.some((known) => known.name === command)) throw new Error(`${platform.name} has no command ${command}`);
  }
  const commands = platform.commands.map((command) => {
    const text = texts[command.name];
    return text === undefined ? command : { ...command, render: () => text };
  });
  state.device.platform = { ...platform, commands };
}
