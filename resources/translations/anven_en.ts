<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>ui</name>
    <message numerus="yes">
        <source>%n tile(s)</source>
        <translation>
            <numerusform>%n tile</numerusform>
            <numerusform>%n tiles</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ChatInspector</name>
    <message numerus="yes">
        <source>%n function(s)…</source>
        <translation>
            <numerusform>%n function…</numerusform>
            <numerusform>%n functions…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::CompareController</name>
    <message numerus="yes">
        <source>%n lane(s) finished</source>
        <translation>
            <numerusform>%n lane finished</numerusform>
            <numerusform>%n lanes finished</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ComparePage</name>
    <message numerus="yes">
        <source>%n lane(s) · sequential</source>
        <translation>
            <numerusform>%n lane · sequential</numerusform>
            <numerusform>%n lanes · sequential</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n token(s) at most</source>
        <translation>
            <numerusform>%n token at most</numerusform>
            <numerusform>%n tokens at most</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n lane(s) · at once, not fair</source>
        <translation>
            <numerusform>%n lane · at once, not fair</numerusform>
            <numerusform>%n lanes · at once, not fair</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>after %n message(s) ✕</source>
        <translation>
            <numerusform>after %n message ✕</numerusform>
            <numerusform>after %n messages ✕</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Ask without the %n earlier message(s)</source>
        <translation>
            <numerusform>Ask without the %n earlier message</numerusform>
            <numerusform>Ask without the %n earlier messages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::FirstRunDialog</name>
    <message numerus="yes">
        <source>%1 · %n thread(s)</source>
        <translation>
            <numerusform>%1 · %n thread</numerusform>
            <numerusform>%1 · %n threads</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::HistoryDialog</name>
    <message numerus="yes">
        <source>%n comparison(s)</source>
        <translation>
            <numerusform>%n comparison</numerusform>
            <numerusform>%n comparisons</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n vote(s)</source>
        <translation>
            <numerusform>%n vote</numerusform>
            <numerusform>%n votes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::KernelVariantModel</name>
    <message numerus="yes">
        <source>%n check(s)</source>
        <translation>
            <numerusform>%n check</numerusform>
            <numerusform>%n checks</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::KernelsController</name>
    <message numerus="yes">
        <source>%n check(s) miss the reference by more than allowed: pin another variant and report this</source>
        <translation>
            <numerusform>%n check misses the reference by more than allowed: pin another variant and report this</numerusform>
            <numerusform>%n checks miss the reference by more than allowed: pin another variant and report this</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::LaneCard</name>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n thread</numerusform>
            <numerusform>%n threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::LaneModel</name>
    <message numerus="yes">
        <source>%n word(s) added</source>
        <translation>
            <numerusform>%n word added</numerusform>
            <numerusform>%n words added</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::MachineCard</name>
    <message numerus="yes">
        <source>%1 · %n thread(s)</source>
        <translation>
            <numerusform>%1 · %n thread</numerusform>
            <numerusform>%1 · %n threads</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::MessageModel</name>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::MessageView</name>
    <message numerus="yes">
        <source>↑ %n message(s) above: no longer sent to the model</source>
        <translation>
            <numerusform>↑ %n message above: no longer sent to the model</numerusform>
            <numerusform>↑ %n messages above: no longer sent to the model</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ModelListModel</name>
    <message numerus="yes">
        <source>crashed %n time(s) in a row · %1</source>
        <translation>
            <numerusform>crashed %n time in a row · %1</numerusform>
            <numerusform>crashed %n times in a row · %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ModelOverview</name>
    <message numerus="yes">
        <source>It ended its process %n time(s) in a row, so that it is not loaded by itself. “Load in chat” tries it again.</source>
        <translation>
            <numerusform>It ended its process %n time in a row, so that it is not loaded by itself. “Load in chat” tries it again.</numerusform>
            <numerusform>It ended its process %n times in a row, so that it is not loaded by itself. “Load in chat” tries it again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s)</source>
        <translation>
            <numerusform>%n layer</numerusform>
            <numerusform>%n layers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ModelsController</name>
    <message numerus="yes">
        <source>%1 crashed %n time(s) in a row and is not loaded by itself; see Models</source>
        <translation>
            <numerusform>%1 crashed %n time in a row and is not loaded by itself; see Models</numerusform>
            <numerusform>%1 crashed %n times in a row and is not loaded by itself; see Models</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Added %n model(s)</source>
        <translation>
            <numerusform>Added %n model</numerusform>
            <numerusform>Added %n models</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ModelsPage</name>
    <message numerus="yes">
        <source>%n model(s)</source>
        <translation>
            <numerusform>%n model</numerusform>
            <numerusform>%n models</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::PictureTray</name>
    <message numerus="yes">
        <source>A message takes %n picture(s) at most; remove one first.</source>
        <translation>
            <numerusform>A message takes %n picture at most; remove one first.</numerusform>
            <numerusform>A message takes %n pictures at most; remove one first.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::PromptDialog</name>
    <message numerus="yes">
        <source>%n token(s), as the model reads them</source>
        <translation>
            <numerusform>%n token, as the model reads them</numerusform>
            <numerusform>%n tokens, as the model reads them</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::QualityPanel</name>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ResultsController</name>
    <message numerus="yes">
        <source>%n run(s) imported, tagged #imported</source>
        <translation>
            <numerusform>%n run imported, tagged #imported</numerusform>
            <numerusform>%n runs imported, tagged #imported</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>; %n run(s) had been there before</source>
        <translation>
            <numerusform>; %n run had been there before</numerusform>
            <numerusform>; %n runs had been there before</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ResultsFilterBar</name>
    <message numerus="yes">
        <source>Shows the last %n day(s)</source>
        <translation>
            <numerusform>Shows the last %n day</numerusform>
            <numerusform>Shows the last %n days</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ResultsPage</name>
    <message numerus="yes">
        <source>%n sample run(s)</source>
        <translation>
            <numerusform>%n sample run</numerusform>
            <numerusform>%n sample runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>%n run</numerusform>
            <numerusform>%n runs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::RooflineCard</name>
    <message numerus="yes">
        <source>%1 · %2 · %n thread(s)</source>
        <translation>
            <numerusform>%1 · %2 · %n thread</numerusform>
            <numerusform>%1 · %2 · %n threads</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::SamplesDialog</name>
    <message numerus="yes">
        <source>%n sample(s), as they were measured</source>
        <translation>
            <numerusform>%n sample, as they were measured</numerusform>
            <numerusform>%n samples, as they were measured</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::StatusStrip</name>
    <message numerus="yes">
        <source>%1 · %n thread(s)</source>
        <translation>
            <numerusform>%1 · %n thread</numerusform>
            <numerusform>%1 · %n threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 · %n run(s)</source>
        <translation>
            <numerusform>%1 · %n run</numerusform>
            <numerusform>%1 · %n runs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::TensorPanel</name>
    <message numerus="yes">
        <source>%n tensor(s)</source>
        <translation>
            <numerusform>%n tensor</numerusform>
            <numerusform>%n tensors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n tensor(s)</source>
        <translation>
            <numerusform>%1 of %n tensor</numerusform>
            <numerusform>%1 of %n tensors</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::TopologyView</name>
    <message numerus="yes">
        <source>%n package(s)</source>
        <translation>
            <numerusform>%n package</numerusform>
            <numerusform>%n packages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n core(s)</source>
        <translation>
            <numerusform>%n core</numerusform>
            <numerusform>%n cores</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hardware thread(s)</source>
        <translation>
            <numerusform>%n hardware thread</numerusform>
            <numerusform>%n hardware threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n NUMA node(s)</source>
        <translation>
            <numerusform>%n NUMA node</numerusform>
            <numerusform>%n NUMA nodes</numerusform>
        </translation>
    </message>
</context>
</TS>
