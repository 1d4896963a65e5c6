#pragma once

namespace app {

class Commands;

void addInspect(Commands& commands);
void addTokenize(Commands& commands);
void addLogits(Commands& commands);
void addGenerate(Commands& commands);
void addCompare(Commands& commands);
void addBench(Commands& commands);
void addMeter(Commands& commands);
void addEvaluate(Commands& commands);
void addFinetune(Commands& commands);
void addDemo(Commands& commands);
void addQuantize(Commands& commands);
void addReport(Commands& commands);
void addKernels(Commands& commands);
void addSystem(Commands& commands);
void addMakeRandom(Commands& commands);
void addWorker(Commands& commands);

/// Every subcommand, in the order of `anven --help`. A new one is its file and a line here.
inline constexpr void (*kCommands[])(Commands&) = {
    addInspect,  addTokenize, addLogits, addGenerate, addCompare, addBench,      addMeter, addEvaluate,
    addFinetune, addDemo, addQuantize, addReport, addKernels,  addSystem,  addMakeRandom, addWorker};

}  // namespace app
