<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
<context>
    <name>QMenu</name>
    <message>
        <source>%1 (.%2)…</source>
        <translation>%1 (.%2)…</translation>
    </message>
    <message>
        <source>Export report</source>
        <translation>Bericht exportieren</translation>
    </message>
    <message>
        <source>Demo model · %1</source>
        <translation>Demo · %1</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>Ordner wählen…</translation>
    </message>
    <message>
        <source>Model folder (Meta or Hugging Face layout)</source>
        <translation>Modellordner (Aufbau von Meta oder Hugging Face)</translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation>Datei wählen…</translation>
    </message>
    <message>
        <source>Model file</source>
        <translation>Modelldatei</translation>
    </message>
    <message>
        <source>Models (*.gguf *.safetensors *.pth);;All files (*)</source>
        <translation>Modelle (*.gguf *.safetensors *.pth);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>auto (the best this CPU has)</source>
        <translation>auto (das Beste, was diese CPU kann)</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>prompt lookup</source>
        <translation>Nachschlagen im Prompt</translation>
    </message>
    <message>
        <source>none: one token per pass</source>
        <translation>keine: ein Token je Durchlauf</translation>
    </message>
    <message>
        <source>prompt lookup: what followed the same words before</source>
        <translation>Nachschlagen im Prompt: was zuvor auf dieselben Wörter folgte</translation>
    </message>
    <message>
        <source>A smaller model with the same vocabulary</source>
        <translation>Ein kleineres Modell mit demselben Vokabular</translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message>
        <source>95 % interval %1 – %2</source>
        <translation>95-%-Intervall %1 – %2</translation>
    </message>
</context>
<context>
    <name>ui</name>
    <message>
        <source>, %1 %2 at depth %3</source>
        <translation>, %1 %2 in Tiefe %3</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>Kernels asked for</source>
        <translation>Verlangte Kernel</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Threads</translation>
    </message>
    <message>
        <source>KV cache</source>
        <translation>KV-Cache</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>Build</source>
        <translation>Build</translation>
    </message>
    <message>
        <source>Energy source</source>
        <translation>Energiequelle</translation>
    </message>
    <message>
        <source>Meta .pth</source>
        <translation>Meta .pth</translation>
    </message>
    <message>
        <source>int8 per row</source>
        <translation>int8 je Zeile</translation>
    </message>
    <message>
        <source>int4, groups of %1</source>
        <translation>int4, Gruppen von %1</translation>
    </message>
    <message>
        <source>Fits</source>
        <translation>Passt</translation>
    </message>
    <message>
        <source>Tight</source>
        <translation>Knapp</translation>
    </message>
    <message>
        <source>Too large</source>
        <translation>Zu groß</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>Unbekannt</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>the system does not say</source>
        <translation>das System sagt es nicht</translation>
    </message>
    <message>
        <source>Recorded</source>
        <translation>Festgehalten</translation>
    </message>
    <message>
        <source>As published</source>
        <translation>Wie veröffentlicht</translation>
    </message>
    <message>
        <source>Not as published</source>
        <translation>Nicht wie veröffentlicht</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>Geändert</translation>
    </message>
    <message>
        <source>Outdated</source>
        <translation>Veraltet</translation>
    </message>
    <message>
        <source>Not yet</source>
        <translation>Noch nicht</translation>
    </message>
    <message>
        <source>%1 says %2</source>
        <translation>%1 sagt %2</translation>
    </message>
    <message>
        <source>Computed %1</source>
        <translation>Berechnet %1</translation>
    </message>
    <message>
        <source>%1, %2 × %3 pixels</source>
        <translation>%1, %2 × %3 Pixel</translation>
    </message>
    <message>
        <source>[A picture that you cannot see: %1]</source>
        <translation>[A picture that you cannot see: %1]</translation>
    </message>
    <message>
        <source>Estimated memory with a context of %1 tokens
Weights, packed: %2
KV cache: %3
Activations: %4
One picture, encoded and kept: %5
Process and tokenizer: %6
Together: %7
Available now: %8</source>
        <translation>Geschätzter Speicher mit einem Kontext von %1 Token
Gewichte, gepackt: %2
KV-Cache: %3
Aktivierungen: %4
Ein Bild, kodiert und behalten: %5
Prozess und Tokenizer: %6
Zusammen: %7
Jetzt verfügbar: %8</translation>
    </message>
    <message>
        <source>Pictures (%1)</source>
        <translation>Bilder (%1)</translation>
    </message>
    <message numerus="yes">
        <source>%n tile(s)</source>
        <translation>
            <numerusform>%n Kachel</numerusform>
            <numerusform>%n Kacheln</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Token</translation>
    </message>
</context>
<context>
    <name>ui::AnswerBody</name>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
</context>
<context>
    <name>ui::BenchmarkController</name>
    <message>
        <source>A benchmark is running</source>
        <translation>Ein Benchmark läuft</translation>
    </message>
    <message>
        <source>Preparing the models…</source>
        <translation>Modelle werden vorbereitet…</translation>
    </message>
    <message>
        <source>Loading %1…</source>
        <translation>%1 wird geladen…</translation>
    </message>
    <message>
        <source>Measuring the idle power…</source>
        <translation>Die Leerlaufleistung wird gemessen…</translation>
    </message>
    <message>
        <source>%1 · %2 · warm-up %3</source>
        <translation>%1 · %2 · Aufwärmen %3</translation>
    </message>
    <message>
        <source>%1 · quality on a text</source>
        <translation>%1 · Qualität an einem Text</translation>
    </message>
    <message>
        <source>Paused; the models stay loaded and warm up again</source>
        <translation>Angehalten; die Modelle bleiben geladen und wärmen sich dann neu auf</translation>
    </message>
    <message>
        <source>%1 · %2 · repetition %3</source>
        <translation>%1 · %2 · Wiederholung %3</translation>
    </message>
    <message>
        <source>Stopped; run %1 keeps what was measured</source>
        <translation>Beendet; Lauf %1 behält, was gemessen wurde</translation>
    </message>
    <message>
        <source>Run %1 is complete, but lanes failed; the table says why</source>
        <translation>Lauf %1 ist vollständig, aber Bahnen schlugen fehl; die Tabelle sagt, warum</translation>
    </message>
    <message>
        <source>Run %1 is complete</source>
        <translation>Lauf %1 ist vollständig</translation>
    </message>
    <message>
        <source>Stopped before anything was measured</source>
        <translation>Beendet, bevor etwas gemessen war</translation>
    </message>
</context>
<context>
    <name>ui::BenchmarkPage</name>
    <message>
        <source>How fast, how surely?</source>
        <translation>Wie schnell, wie sicher?</translation>
    </message>
    <message>
        <source>Every lane warms up, then is measured in turns with the others until its interval is narrow enough.
Each repetition is kept at once: a run that is stopped can be resumed.</source>
        <translation>Jede Bahn wärmt sich auf und wird dann im Wechsel mit den anderen gemessen, bis ihr Intervall eng genug ist.
Jede Wiederholung wird sofort gespeichert: Ein beendeter Lauf lässt sich fortsetzen.</translation>
    </message>
    <message>
        <source>Open in Results</source>
        <translation>In Ergebnissen öffnen</translation>
    </message>
    <message>
        <source>Shows this run beside the others</source>
        <translation>Zeigt diesen Lauf neben den anderen</translation>
    </message>
    <message>
        <source>Export ▾</source>
        <translation>Export ▾</translation>
    </message>
    <message>
        <source>Writes this run as a report (Ctrl+S)</source>
        <translation>Schreibt diesen Lauf als Bericht (Strg+S)</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Start</translation>
    </message>
    <message>
        <source>Benchmark</source>
        <translation>Benchmark</translation>
    </message>
    <message>
        <source>Progress of the benchmark</source>
        <translation>Fortschritt des Benchmarks</translation>
    </message>
    <message>
        <source>Results of every lane and test</source>
        <translation>Ergebnisse jeder Bahn und jedes Tests</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird beendet…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stops after what is in flight; the rest can be resumed (Esc)</source>
        <translation>Endet nach dem, was gerade läuft; der Rest lässt sich fortsetzen (Esc)</translation>
    </message>
    <message>
        <source>Measure (Ctrl+Enter)</source>
        <translation>Messen (Strg+Enter)</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Pausing…</source>
        <translation>Hält an…</translation>
    </message>
    <message>
        <source>Goes on measuring</source>
        <translation>Misst weiter</translation>
    </message>
    <message>
        <source>Waits after the repetition in flight</source>
        <translation>Wartet nach der laufenden Wiederholung</translation>
    </message>
    <message>
        <source>Resume run %1</source>
        <translation>Lauf %1 fortsetzen</translation>
    </message>
    <message>
        <source>Measures what run %1 (%2, %3) lacks</source>
        <translation>Misst, was Lauf %1 (%2, %3) noch fehlt</translation>
    </message>
    <message>
        <source>%1 of at most %2 repetitions · now: %3 · at most %4 left</source>
        <translation>%1 von höchstens %2 Wiederholungen · jetzt: %3 · noch höchstens %4</translation>
    </message>
</context>
<context>
    <name>ui::BenchmarkSetup</name>
    <message>
        <source>Profile</source>
        <translation>Profil</translation>
    </message>
    <message>
        <source>What is measured, how often: a shipped profile or a file</source>
        <translation>Was wie oft gemessen wird: ein mitgeliefertes Profil oder eine Datei</translation>
    </message>
    <message>
        <source>Add a model</source>
        <translation>Modell hinzufügen</translation>
    </message>
    <message>
        <source>Measure this model in place of the profile&apos;s own (Ctrl+O)</source>
        <translation>Misst dieses Modell statt der Modelle des Profils (Strg+O)</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>Ändern…</translation>
    </message>
    <message>
        <source>Edit the profile</source>
        <translation>Profil bearbeiten</translation>
    </message>
    <message>
        <source>Change what is measured, or save it as a file of your own</source>
        <translation>Ändert, was gemessen wird, oder speichert es als eigene Datei</translation>
    </message>
    <message>
        <source>+ Model</source>
        <translation>+ Modell</translation>
    </message>
    <message>
        <source>Open a file…</source>
        <translation>Datei öffnen…</translation>
    </message>
    <message>
        <source>Benchmark profile</source>
        <translation>Benchmark-Profil</translation>
    </message>
    <message>
        <source>Profiles (*.yaml *.yml)</source>
        <translation>Profile (*.yaml *.yml)</translation>
    </message>
    <message>
        <source>%1 lanes × %2 tests, at most about %3%4</source>
        <translation>%1 Bahnen × %2 Tests, höchstens etwa %3%4</translation>
    </message>
    <message>
        <source> (guessed from file sizes)</source>
        <translation> (nach den Dateigrößen geraten)</translation>
    </message>
    <message>
        <source>unmodified ✓</source>
        <translation>unverändert ✓</translation>
    </message>
    <message>
        <source>not as shipped</source>
        <translation>nicht wie geliefert</translation>
    </message>
    <message>
        <source>Measures what the shipped profile measures; runs carry its SHA-256</source>
        <translation>Misst, was das mitgelieferte Profil misst; Läufe tragen seinen SHA-256</translation>
    </message>
    <message>
        <source>Own or changed profile; runs carry its SHA-256</source>
        <translation>Eigenes oder geändertes Profil; Läufe tragen seinen SHA-256</translation>
    </message>
    <message>
        <source>%1: to be chosen</source>
        <translation>%1: noch zu wählen</translation>
    </message>
    <message>
        <source>Leave %1 out</source>
        <translation>%1 auslassen</translation>
    </message>
</context>
<context>
    <name>ui::BenchmarkTableModel</name>
    <message>
        <source>Lane</source>
        <translation>Bahn</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Test</translation>
    </message>
    <message>
        <source>Median</source>
        <translation>Median</translation>
    </message>
    <message>
        <source>95 % interval</source>
        <translation>95-%-Intervall</translation>
    </message>
    <message>
        <source>n</source>
        <translation>n</translation>
    </message>
    <message>
        <source>J/token</source>
        <translation>J/Token</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>Warnungen</translation>
    </message>
</context>
<context>
    <name>ui::ChatController</name>
    <message>
        <source>An answer is being written</source>
        <translation>Eine Antwort wird geschrieben</translation>
    </message>
    <message>
        <source>Type a message first</source>
        <translation>Erst eine Nachricht schreiben</translation>
    </message>
    <message>
        <source>A picture is still being read</source>
        <translation>Ein Bild wird noch gelesen</translation>
    </message>
    <message>
        <source>%1 is a text model and cannot see pictures.</source>
        <translation>%1 ist ein Textmodell und kann keine Bilder sehen.</translation>
    </message>
    <message>
        <source>The family&apos;s models do not use functions and pictures together: remove the one or the other.</source>
        <translation>Die Modelle der Familie verwenden Funktionen und Bilder nicht zusammen: eines von beiden entfernen.</translation>
    </message>
</context>
<context>
    <name>ui::ChatInspector</name>
    <message>
        <source>System prompt</source>
        <translation>System-Prompt</translation>
    </message>
    <message>
        <source>How the model should answer</source>
        <translation>Wie das Modell antworten soll</translation>
    </message>
    <message>
        <source>Functions that the model may ask for</source>
        <translation>Funktionen, nach denen das Modell fragen darf</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>Sampling</translation>
    </message>
    <message>
        <source>Kernels</source>
        <translation>Kernel</translation>
    </message>
    <message>
        <source>Drafts</source>
        <translation>Entwürfe</translation>
    </message>
    <message>
        <source>Guesses several tokens and verifies them in one pass of the model.
Greedy answers stay the same, sampled ones keep their distribution.</source>
        <translation>Rät mehrere Token und prüft sie in einem Durchlauf des Modells.
Gierige Antworten bleiben dieselben, gezogene behalten ihre Verteilung.</translation>
    </message>
    <message>
        <source>Packed weights</source>
        <translation>Gepackte Gewichte</translation>
    </message>
    <message>
        <source>Keep packed weights beside the model: starts several times faster, takes about as much disk as the packed weights</source>
        <translation>Gepackte Gewichte neben dem Modell aufbewahren: startet um ein Vielfaches schneller und belegt etwa so viel Platte wie die gepackten Gewichte</translation>
    </message>
    <message>
        <source>Not kept: packed again at every start</source>
        <translation>Nicht aufbewahrt: bei jedem Start neu gepackt</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Threads</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>KV cache, BF16</source>
        <translation>KV-Cache, BF16</translation>
    </message>
    <message>
        <source>Functions: none…</source>
        <translation>Funktionen: keine…</translation>
    </message>
    <message numerus="yes">
        <source>%n function(s)…</source>
        <translation>
            <numerusform>%n Funktion…</numerusform>
            <numerusform>%n Funktionen…</numerusform>
        </translation>
    </message>
    <message>
        <source>Known once the model is loaded</source>
        <translation>Bekannt, sobald das Modell geladen ist</translation>
    </message>
    <message>
        <source>not kept</source>
        <translation>nicht aufbewahrt</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>aufbewahrt</translation>
    </message>
    <message>
        <source>A file of packed weights beside the model: later starts are several times faster</source>
        <translation>Eine Datei gepackter Gewichte neben dem Modell: spätere Starts sind um ein Vielfaches schneller</translation>
    </message>
    <message>
        <source>
This start read them from there</source>
        <translation>
Dieser Start las sie von dort</translation>
    </message>
    <message>
        <source>
This start wrote them</source>
        <translation>
Dieser Start schrieb sie</translation>
    </message>
    <message>
        <source>
Not kept: %1</source>
        <translation>
Nicht aufbewahrt: %1</translation>
    </message>
</context>
<context>
    <name>ui::ChatPage</name>
    <message>
        <source>New chat</source>
        <translation>Neuer Chat</translation>
    </message>
    <message>
        <source>Drop the oldest turns</source>
        <translation>Älteste Runden weglassen</translation>
    </message>
    <message>
        <source>They stay in the chat and are no longer sent to the model</source>
        <translation>Sie bleiben im Chat und werden nicht mehr an das Modell geschickt</translation>
    </message>
    <message>
        <source>Larger context</source>
        <translation>Größerer Kontext</translation>
    </message>
    <message>
        <source>Loads the model again with room for more</source>
        <translation>Lädt das Modell neu, mit Platz für mehr</translation>
    </message>
    <message>
        <source>Stop here</source>
        <translation>Hier aufhören</translation>
    </message>
    <message>
        <source>Editing: sending makes a branch, and what is there now stays beside it.</source>
        <translation>Bearbeiten: Senden macht einen Zweig, und was jetzt da ist, bleibt daneben.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Send as note</source>
        <translation>Als Notiz senden</translation>
    </message>
    <message>
        <source>Choose another model</source>
        <translation>Anderes Modell wählen</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>The context is full: the model cannot read more of this chat.</source>
        <translation>Der Kontext ist voll: Das Modell kann nicht mehr von diesem Chat lesen.</translation>
    </message>
    <message>
        <source>The context is nearly full.</source>
        <translation>Der Kontext ist fast voll.</translation>
    </message>
    <message>
        <source>Context of %1</source>
        <translation>Kontext von %1</translation>
    </message>
    <message>
        <source>Export this chat</source>
        <translation>Diesen Chat exportieren</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>context</source>
        <translation>Kontext</translation>
    </message>
    <message>
        <source>Context used</source>
        <translation>Belegter Kontext</translation>
    </message>
    <message>
        <source>Export ▾</source>
        <translation>Export ▾</translation>
    </message>
    <message>
        <source>Writes this chat to a file (Ctrl+S)</source>
        <translation>Schreibt diesen Chat in eine Datei (Strg+S)</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Nachricht</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Senden</translation>
    </message>
    <message>
        <source>Written to %1</source>
        <translation>Geschrieben: %1</translation>
    </message>
    <message>
        <source>Loading %1…</source>
        <translation>%1 wird geladen…</translation>
    </message>
    <message>
        <source>Reading the prompt…</source>
        <translation>Der Prompt wird gelesen…</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird beendet…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Stop (Esc)</source>
        <translation>Stopp (Esc)</translation>
    </message>
    <message>
        <source>Send (Enter)</source>
        <translation>Senden (Enter)</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>not loaded</source>
        <translation>nicht geladen</translation>
    </message>
    <message>
        <source>%1 of %2 tokens</source>
        <translation>%1 von %2 Token</translation>
    </message>
    <message>
        <source>Tells the model the names and the sizes of the pictures</source>
        <translation>Nennt dem Modell Namen und Größen der Bilder</translation>
    </message>
    <message>
        <source>%1 This chat has some above.</source>
        <translation>%1 Dieser Chat enthält weiter oben welche.</translation>
    </message>
    <message>
        <source>Type a message. Drop or paste pictures.</source>
        <translation>Nachricht schreiben. Bilder ablegen oder einfügen.</translation>
    </message>
    <message>
        <source>Attach pictures</source>
        <translation>Bilder anhängen</translation>
    </message>
</context>
<context>
    <name>ui::ChatStart</name>
    <message>
        <source>A new chat</source>
        <translation>Ein neuer Chat</translation>
    </message>
    <message>
        <source>Type below, or begin with one of these. Chat and draft are kept as they are
written, and the model can be changed between answers.</source>
        <translation>Unten schreiben oder hiermit beginnen. Chat und Entwurf bleiben erhalten, wie sie
geschrieben werden, und das Modell lässt sich zwischen Antworten wechseln.</translation>
    </message>
    <message>
        <source>What is the opposite of up?</source>
        <translation>What is the opposite of up?</translation>
    </message>
    <message>
        <source>What is 13 plus 1?</source>
        <translation>What is 13 plus 1?</translation>
    </message>
    <message>
        <source>Tell me a short story about a cat.</source>
        <translation>Tell me a short story about a cat.</translation>
    </message>
    <message>
        <source>Puts this into the message</source>
        <translation>Schreibt das in die Nachricht</translation>
    </message>
    <message>
        <source>Load a model…</source>
        <translation>Modell laden …</translation>
    </message>
    <message>
        <source>Chooses the model that answers; it is loaded with the first message</source>
        <translation>Wählt das Modell, das antwortet; geladen wird es mit der ersten Nachricht</translation>
    </message>
</context>
<context>
    <name>ui::CodeBlock</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy this code</source>
        <translation>Diesen Code kopieren</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>code</source>
        <translation>Code</translation>
    </message>
</context>
<context>
    <name>ui::CommandPalette</name>
    <message>
        <source>Search</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>Search commands, pages, chats, runs and models</source>
        <translation>Befehle, Seiten, Chats, Läufe und Modelle suchen</translation>
    </message>
    <message>
        <source>Commands, pages, chats, runs, models…</source>
        <translation>Befehle, Seiten, Chats, Läufe, Modelle…</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>Gefunden</translation>
    </message>
    <message>
        <source>Nothing has all of these words.</source>
        <translation>Nichts enthält alle diese Wörter.</translation>
    </message>
    <message>
        <source>Search what was said for “%1”</source>
        <translation>Nach „%1“ in allem Gesagten suchen</translation>
    </message>
    <message>
        <source>Chats</source>
        <translation>Chats</translation>
    </message>
</context>
<context>
    <name>ui::CompareController</name>
    <message>
        <source>A comparison is running</source>
        <translation>Ein Vergleich läuft</translation>
    </message>
    <message>
        <source>Add a lane first</source>
        <translation>Erst eine Bahn hinzufügen</translation>
    </message>
    <message>
        <source>Type a prompt first</source>
        <translation>Erst einen Prompt schreiben</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Startet…</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird beendet…</translation>
    </message>
    <message>
        <source>Lane %1 of %2: %3</source>
        <translation>Bahn %1 von %2: %3</translation>
    </message>
    <message>
        <source>Stopped: %1 of %2 lanes finished</source>
        <translation>Beendet: %1 von %2 Bahnen fertig</translation>
    </message>
    <message numerus="yes">
        <source>%n lane(s) finished</source>
        <translation>
            <numerusform>%n Bahn fertig</numerusform>
            <numerusform>%n Bahnen fertig</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2 lanes finished, %3 failed</source>
        <translation>%1 von %2 Bahnen fertig, %3 fehlgeschlagen</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
    <message>
        <source>Blind: the answers appear together when all lanes are done</source>
        <translation>Blind: Die Antworten erscheinen zusammen, wenn alle Spuren fertig sind</translation>
    </message>
    <message>
        <source>All lanes at once: the figures are not fair</source>
        <translation>Alle Spuren zugleich: Die Zahlen sind nicht fair</translation>
    </message>
    <message>
        <source>The reference reads the answers of the other lanes…</source>
        <translation>Die Referenz liest die Antworten der anderen Spuren …</translation>
    </message>
    <message>
        <source>Wait until every lane has answered</source>
        <translation>Warten, bis jede Spur geantwortet hat</translation>
    </message>
    <message>
        <source>A vote needs two answers</source>
        <translation>Eine Wahl braucht zwei Antworten</translation>
    </message>
    <message>
        <source>This comparison is not in the database</source>
        <translation>Dieser Vergleich ist nicht in der Datenbank</translation>
    </message>
    <message>
        <source>Six lanes are the most; remove one first</source>
        <translation>Mehr als sechs Spuren gehen nicht; zuerst eine entfernen</translation>
    </message>
    <message>
        <source>Comparison %1 of %2</source>
        <translation>Vergleich %1 vom %2</translation>
    </message>
    <message>
        <source>A picture is still being read</source>
        <translation>Ein Bild wird noch gelesen</translation>
    </message>
</context>
<context>
    <name>ui::ComparePage</name>
    <message>
        <source>Rendered prompt</source>
        <translation>Fertiger Prompt</translation>
    </message>
    <message>
        <source>Shows the prompt as the model reads it</source>
        <translation>Zeigt den Prompt, wie ihn das Modell liest</translation>
    </message>
    <message>
        <source>+ Lane</source>
        <translation>+ Bahn</translation>
    </message>
    <message>
        <source>Add a lane</source>
        <translation>Bahn hinzufügen</translation>
    </message>
    <message>
        <source>Add a model to the comparison (Ctrl+O)</source>
        <translation>Fügt dem Vergleich ein Modell hinzu (Strg+O)</translation>
    </message>
    <message>
        <source>Export ▾</source>
        <translation>Export ▾</translation>
    </message>
    <message>
        <source>Writes this run as a report (Ctrl+S)</source>
        <translation>Schreibt diesen Lauf als Bericht (Strg+S)</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>Prompt for every lane</source>
        <translation>Prompt für jede Bahn</translation>
    </message>
    <message>
        <source>Ask every lane the same thing, e.g. “What is 13 plus 1?”</source>
        <translation>Jede Bahn dasselbe fragen, z. B. „What is 13 plus 1?“</translation>
    </message>
    <message>
        <source>Seed, temperature and length</source>
        <translation>Seed, Temperatur und Länge</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Start</translation>
    </message>
    <message>
        <source>No lanes</source>
        <translation>Keine Bahnen</translation>
    </message>
    <message>
        <source>A comparison needs at least one model.
The first lane is the reference for the others.</source>
        <translation>Ein Vergleich braucht mindestens ein Modell.
Die erste Bahn ist die Referenz für die anderen.</translation>
    </message>
    <message>
        <source>Add the three demo lanes</source>
        <translation>Die drei Demobahnen hinzufügen</translation>
    </message>
    <message>
        <source>Lanes run one after the other, each in a process of its own, so that their numbers are fair.</source>
        <translation>Bahnen laufen nacheinander, jede in einem eigenen Prozess, damit ihre Zahlen gerecht sind.</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Ansicht</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>The answers as text; the first difference is marked</source>
        <translation>Die Antworten als Text; der erste Unterschied ist markiert</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message numerus="yes">
        <source>%n lane(s) · sequential</source>
        <translation>
            <numerusform>%n Bahn · nacheinander</numerusform>
            <numerusform>%n Bahnen · nacheinander</numerusform>
        </translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird beendet…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Run every lane (Ctrl+Enter)</source>
        <translation>Jede Bahn ausführen (Strg+Enter)</translation>
    </message>
    <message>
        <source>Stop (Esc)</source>
        <translation>Stopp (Esc)</translation>
    </message>
    <message>
        <source>seed %1</source>
        <translation>Seed %1</translation>
    </message>
    <message>
        <source>temperature %1</source>
        <translation>Temperatur %1</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s) at most</source>
        <translation>
            <numerusform>höchstens %n Token</numerusform>
            <numerusform>höchstens %n Token</numerusform>
        </translation>
    </message>
    <message>
        <source>How every lane answers</source>
        <translation>Wie jede Bahn antwortet</translation>
    </message>
    <message numerus="yes">
        <source>%n lane(s) · at once, not fair</source>
        <translation>
            <numerusform>%n Spur · zugleich, nicht fair</numerusform>
            <numerusform>%n Spuren · zugleich, nicht fair</numerusform>
        </translation>
    </message>
    <message>
        <source>Blind</source>
        <translation>Blind</translation>
    </message>
    <message>
        <source>The next run shows its lanes in a random order as 1, 2, … without names, colours and figures, until you have voted</source>
        <translation>Der nächste Lauf zeigt seine Spuren in zufälliger Folge als 1, 2, … ohne Namen, Farben und Zahlen, bis gewählt wurde</translation>
    </message>
    <message>
        <source>At once</source>
        <translation>Zugleich</translation>
    </message>
    <message>
        <source>All lanes run at the same time: quicker to read, but the figures are not fair</source>
        <translation>Alle Spuren laufen zur selben Zeit: schneller zu lesen, aber die Zahlen sind nicht fair</translation>
    </message>
    <message>
        <source>Benchmark these…</source>
        <translation>Diese messen …</translation>
    </message>
    <message>
        <source>Adds the lanes&apos; models to the Benchmark page</source>
        <translation>Fügt die Modelle der Spuren der Seite Benchmark hinzu</translation>
    </message>
    <message>
        <source>History…</source>
        <translation>Verlauf …</translation>
    </message>
    <message>
        <source>Earlier comparisons, and the standings of all votes</source>
        <translation>Frühere Vergleiche und der Stand aller Wahlen</translation>
    </message>
    <message>
        <source>Figures of every lane</source>
        <translation>Zahlen jeder Spur</translation>
    </message>
    <message>
        <source>Diff</source>
        <translation>Diff</translation>
    </message>
    <message>
        <source>Words added and removed against the reference&apos;s answer</source>
        <translation>Wörter, die gegenüber der Antwort der Referenz dazukamen oder fehlen</translation>
    </message>
    <message>
        <source>How likely the reference finds each token</source>
        <translation>Für wie wahrscheinlich die Referenz jedes Token hält</translation>
    </message>
    <message>
        <source>Metrics</source>
        <translation>Werte</translation>
    </message>
    <message>
        <source>Every figure of every lane in one table</source>
        <translation>Jede Zahl jeder Spur in einer Tabelle</translation>
    </message>
    <message>
        <source>Every lane reads this first; press to ask without it:</source>
        <translation>Jede Spur liest zuerst dies; drücken, um ohne es zu fragen:</translation>
    </message>
    <message numerus="yes">
        <source>after %n message(s) ✕</source>
        <translation>
            <numerusform>nach %n Nachricht ✕</numerusform>
            <numerusform>nach %n Nachrichten ✕</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Ask without the %n earlier message(s)</source>
        <translation>
            <numerusform>Ohne die %n frühere Nachricht fragen</numerusform>
            <numerusform>Ohne die %n früheren Nachrichten fragen</numerusform>
        </translation>
    </message>
    <message>
        <source>Attach pictures</source>
        <translation>Bilder anhängen</translation>
    </message>
    <message>
        <source>Cannot see pictures and will say so: %1. The other lanes answer.</source>
        <translation>Können keine Bilder sehen und werden es sagen: %1. Die anderen Bahnen antworten.</translation>
    </message>
</context>
<context>
    <name>ui::ComparisonListModel</name>
    <message>
        <source>%1 (blind)</source>
        <translation>%1 (blind)</translation>
    </message>
    <message>
        <source>at once, not fair</source>
        <translation>zugleich, nicht fair</translation>
    </message>
    <message>
        <source>in turn</source>
        <translation>nacheinander</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>Lanes</source>
        <translation>Spuren</translation>
    </message>
    <message>
        <source>Ran</source>
        <translation>Ablauf</translation>
    </message>
    <message>
        <source>Vote</source>
        <translation>Wahl</translation>
    </message>
</context>
<context>
    <name>ui::ConversationModel</name>
    <message>
        <source>Today</source>
        <translation>Heute</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>Gestern</translation>
    </message>
    <message>
        <source>Last week</source>
        <translation>Letzte Woche</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>Früher</translation>
    </message>
    <message>
        <source>Said in</source>
        <translation>Gesagt in</translation>
    </message>
</context>
<context>
    <name>ui::ConversationPane</name>
    <message>
        <source>Chats are kept here, as they are typed.</source>
        <translation>Chats werden hier aufbewahrt, so wie sie entstehen.</translation>
    </message>
    <message>
        <source>Search chats</source>
        <translation>Chats durchsuchen</translation>
    </message>
    <message>
        <source>Search chats…</source>
        <translation>Chats durchsuchen…</translation>
    </message>
    <message>
        <source>Search chats (Ctrl+F)</source>
        <translation>Chats durchsuchen (Strg+F)</translation>
    </message>
    <message>
        <source>New chat (Ctrl+N)</source>
        <translation>Neuer Chat (Strg+N)</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>Neuer Chat</translation>
    </message>
    <message>
        <source>Chats</source>
        <translation>Chats</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>Schlagwort</translation>
    </message>
    <message>
        <source>Shows only chats with this tag</source>
        <translation>Zeigt nur Chats mit diesem Schlagwort</translation>
    </message>
    <message>
        <source>All tags</source>
        <translation>Alle Schlagwörter</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>Umbenennen…</translation>
    </message>
    <message>
        <source>Tags…</source>
        <translation>Schlagwörter…</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>Löschen…</translation>
    </message>
    <message>
        <source>Rename this chat</source>
        <translation>Diesen Chat umbenennen</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Tags of this chat</source>
        <translation>Schlagwörter dieses Chats</translation>
    </message>
    <message>
        <source>Words, with spaces between</source>
        <translation>Wörter, mit Leerzeichen dazwischen</translation>
    </message>
    <message>
        <source>Delete this chat?</source>
        <translation>Diesen Chat löschen?</translation>
    </message>
    <message>
        <source>“%1” with all its branches goes for good.</source>
        <translation>„%1“ wird mit allen Zweigen endgültig gelöscht.</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
</context>
<context>
    <name>ui::DemoModel</name>
    <message>
        <source>Demo model</source>
        <translation>Demo</translation>
    </message>
    <message>
        <source>%1 with vision</source>
        <translation>%1 mit Bildern</translation>
    </message>
    <message>
        <source>Demo model with vision</source>
        <translation>Demo mit Bildern</translation>
    </message>
</context>
<context>
    <name>ui::DiagnosticsDialog</name>
    <message>
        <source>with the paths of files in my home folder</source>
        <translation>mit den Pfaden von Dateien in meinem persönlichen Ordner</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Speichern…</translation>
    </message>
    <message>
        <source>Writes exactly this text to a file</source>
        <translation>Schreibt genau diesen Text in eine Datei</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copies exactly this text</source>
        <translation>Kopiert genau diesen Text</translation>
    </message>
    <message>
        <source>Diagnostics</source>
        <translation>Diagnose</translation>
    </message>
    <message>
        <source>This is everything that would be saved: machine, kernels, settings and messages. No prompts, no chats, nothing is sent anywhere.</source>
        <translation>Das ist alles, was gespeichert würde: Rechner, Kernel, Einstellungen und Meldungen. Keine Prompts, keine Chats; nichts wird irgendwohin geschickt.</translation>
    </message>
    <message>
        <source>Collecting…</source>
        <translation>Wird gesammelt…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Save the diagnostics</source>
        <translation>Diagnose speichern</translation>
    </message>
    <message>
        <source>Saved to %1</source>
        <translation>Gespeichert: %1</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2</source>
        <translation>%1 kann nicht geschrieben werden: %2</translation>
    </message>
</context>
<context>
    <name>ui::DiffLegend</name>
    <message>
        <source>Words against the reference&apos;s answer</source>
        <translation>Wörter gegenüber der Antwort der Referenz</translation>
    </message>
    <message>
        <source>removed</source>
        <translation>entfernt</translation>
    </message>
    <message>
        <source>added</source>
        <translation>hinzugefügt</translation>
    </message>
    <message>
        <source>Differences of white space alone are not shown</source>
        <translation>Unterschiede nur im Leerraum werden nicht gezeigt</translation>
    </message>
</context>
<context>
    <name>ui::Duration</name>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 h %2 min</translation>
    </message>
</context>
<context>
    <name>ui::EnergyCard</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copies the command</source>
        <translation>Kopiert den Befehl</translation>
    </message>
    <message>
        <source>Energy sources</source>
        <translation>Energiequellen</translation>
    </message>
    <message>
        <source>This lets the group anven-energy read the processor&apos;s counters. Who can read them can learn a little of what other programs compute (CVE-2020-8694); with --undo it is taken back.</source>
        <translation>Damit darf die Gruppe anven-energy die Zähler des Prozessors lesen. Wer sie lesen kann, erfährt ein wenig davon, was andere Programme rechnen (CVE-2020-8694); mit --undo wird es zurückgenommen.</translation>
    </message>
    <message>
        <source>Copy the command that opens the energy counters</source>
        <translation>Den Befehl kopieren, der die Energiezähler öffnet</translation>
    </message>
    <message>
        <source>available</source>
        <translation>verfügbar</translation>
    </message>
    <message>
        <source>an estimate, made when asked for</source>
        <translation>eine Schätzung, auf Verlangen</translation>
    </message>
</context>
<context>
    <name>ui::FinetuneController</name>
    <message>
        <source>Choose a model first</source>
        <translation>Zuerst ein Modell wählen</translation>
    </message>
    <message>
        <source>Choose what to train on</source>
        <translation>Wählen, womit trainiert wird</translation>
    </message>
    <message>
        <source>The data is being read</source>
        <translation>Die Daten werden gelesen</translation>
    </message>
    <message>
        <source>The folder holds something already; choose another</source>
        <translation>Der Ordner enthält schon etwas; einen anderen wählen</translation>
    </message>
    <message>
        <source>Stopped; what is trained is kept, and Go on continues there</source>
        <translation>Angehalten; was gelernt ist, bleibt erhalten, und Fortsetzen macht dort weiter</translation>
    </message>
</context>
<context>
    <name>ui::FinetuneDialog</name>
    <message>
        <source>Fine-tune %1</source>
        <translation>%1 nachtrainieren</translation>
    </message>
    <message>
        <source>1 Data</source>
        <translation>1 Daten</translation>
    </message>
    <message>
        <source>2 Training</source>
        <translation>2 Training</translation>
    </message>
    <message>
        <source>3 Validation</source>
        <translation>3 Prüfung</translation>
    </message>
    <message>
        <source>4 Deployment</source>
        <translation>4 Einsatz</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>Rezept</translation>
    </message>
    <message>
        <source>Training data</source>
        <translation>Trainingsdaten</translation>
    </message>
    <message>
        <source>JSON lines or plain text</source>
        <translation>JSON-Zeilen oder reiner Text</translation>
    </message>
    <message>
        <source>A line each: {&quot;messages&quot;: [...]}, {&quot;instruction&quot;, &quot;response&quot;}, {&quot;prompt&quot;, &quot;chosen&quot;, &quot;rejected&quot;} or {&quot;text&quot;}; or plain text</source>
        <translation>Je eine Zeile: {&quot;messages&quot;: [...]}, {&quot;instruction&quot;, &quot;response&quot;}, {&quot;prompt&quot;, &quot;chosen&quot;, &quot;rejected&quot;} oder {&quot;text&quot;}; oder reiner Text</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>A .jsonl or .txt file</source>
        <translation>Eine .jsonl- oder .txt-Datei</translation>
    </message>
    <message>
        <source>Steps of every stage</source>
        <translation>Schritte jeder Stufe</translation>
    </message>
    <message>
        <source>as the recipe says</source>
        <translation>wie im Rezept</translation>
    </message>
    <message>
        <source>Folder of the result</source>
        <translation>Ordner des Ergebnisses</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>Held out</source>
        <translation>Zurückgehalten</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>Noch</translation>
    </message>
    <message>
        <source>Nothing has been trained yet</source>
        <translation>Noch wurde nichts trainiert</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Held out, first</source>
        <translation>Zurückgehalten, zuerst</translation>
    </message>
    <message>
        <source>Held out, of the result</source>
        <translation>Zurückgehalten, Ergebnis</translation>
    </message>
    <message>
        <source>Best at</source>
        <translation>Am besten bei</translation>
    </message>
    <message>
        <source>Trained</source>
        <translation>Trainiert</translation>
    </message>
    <message>
        <source>Load in chat</source>
        <translation>Im Chat laden</translation>
    </message>
    <message>
        <source>Compare with its parent</source>
        <translation>Mit dem Ausgangsmodell vergleichen</translation>
    </message>
    <message>
        <source>Adds both to the lanes of Compare</source>
        <translation>Fügt beide den Spuren des Vergleichs hinzu</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>The run goes on</source>
        <translation>Der Lauf geht weiter</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Between two steps</source>
        <translation>Zwischen zwei Schritten</translation>
    </message>
    <message>
        <source>Training data (*.jsonl *.json *.txt);;All files (*)</source>
        <translation>Trainingsdaten (*.jsonl *.json *.txt);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>What the data holds is shown here: how many examples and tokens, their lengths, and which repeat one another.</source>
        <translation>Was die Daten enthalten, steht hier: wie viele Beispiele und Token, ihre Längen und welche sich wiederholen.</translation>
    </message>
    <message>
        <source>%1 examples (%2), %3 of them held out
%4 tokens, %5 of them are learned
Lengths: shortest %6, median %7, 95 % up to %8, longest %9</source>
        <translation>%1 Beispiele (%2), davon %3 zurückgehalten
%4 Token, davon werden %5 gelernt
Längen: kürzeste %6, Median %7, 95 % bis %8, längste %9</translation>
    </message>
    <message>
        <source>
%1 repeat an earlier one, %2 are longer than a row</source>
        <translation>
%1 wiederholen ein früheres, %2 sind länger als eine Zeile</translation>
    </message>
    <message>
        <source>rate %1</source>
        <translation>Rate %1</translation>
    </message>
    <message>
        <source>not asked yet</source>
        <translation>noch nicht gefragt</translation>
    </message>
    <message>
        <source>tok/s</source>
        <translation>Token/s</translation>
    </message>
    <message>
        <source>of this stage</source>
        <translation>dieser Stufe</translation>
    </message>
    <message>
        <source>Stage %1 of %2, step %3 of %4</source>
        <translation>Stufe %1 von %2, Schritt %3 von %4</translation>
    </message>
    <message>
        <source>Step %1 of %2</source>
        <translation>Schritt %1 von %2</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>perplexity %1</source>
        <translation>Perplexität %1</translation>
    </message>
    <message>
        <source>step, which was kept</source>
        <translation>Schritt, der behalten wurde</translation>
    </message>
    <message>
        <source>numbers</source>
        <translation>Zahlen</translation>
    </message>
    <message>
        <source>Nothing was held out: whether it learned or memorized is not known.</source>
        <translation>Nichts wurde zurückgehalten: Ob es gelernt oder auswendig gelernt hat, ist nicht bekannt.</translation>
    </message>
    <message>
        <source>The result knows held-out examples better than at the first validation.</source>
        <translation>Das Ergebnis kennt zurückgehaltene Beispiele besser als bei der ersten Prüfung.</translation>
    </message>
    <message>
        <source>Held-out examples did not get better: more data, fewer steps or a lower rate may help.</source>
        <translation>Zurückgehaltene Beispiele wurden nicht besser: Mehr Daten, weniger Schritte oder eine kleinere Rate können helfen.</translation>
    </message>
    <message>
        <source>%1, %2
%3
It is in the list of models. On the command line: anven generate %3</source>
        <translation>%1, %2
%3
Es steht in der Liste der Modelle. Auf der Befehlszeile: anven generate %3</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Start</translation>
    </message>
    <message>
        <source>Keeps the state; Go on continues there</source>
        <translation>Behält den Stand; Fortsetzen macht dort weiter</translation>
    </message>
</context>
<context>
    <name>ui::FirstRunDialog</name>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>First steps</source>
        <translation>Erste Schritte</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>Everything works without these steps; Help (F1) opens them again</source>
        <translation>Alles geht auch ohne diese Schritte; die Hilfe (F1) öffnet sie wieder</translation>
    </message>
    <message>
        <source>What this machine offers</source>
        <translation>Was dieser Rechner bietet</translation>
    </message>
    <message>
        <source>A model to begin with</source>
        <translation>Ein Modell für den Anfang</translation>
    </message>
    <message>
        <source>A quick tune</source>
        <translation>Eine kurze Abstimmung</translation>
    </message>
    <message>
        <source>%1 of 3 · %2</source>
        <translation>%1 von 3 · %2</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Start chatting</source>
        <translation>Chat beginnen</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Prozessor</translation>
    </message>
    <message>
        <source>Kernels</source>
        <translation>Kernel</translation>
    </message>
    <message numerus="yes">
        <source>%1 · %n thread(s)</source>
        <translation>
            <numerusform>%1 · %n Thread</numerusform>
            <numerusform>%1 · %n Threads</numerusform>
        </translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>%1 of %2 available</source>
        <translation>%1 von %2 verfügbar</translation>
    </message>
    <message>
        <source>Energy</source>
        <translation>Energie</translation>
    </message>
    <message>
        <source>no meter that this program may read; the page System says why</source>
        <translation>kein Zähler, den dieses Programm lesen darf; die Seite System sagt, warum</translation>
    </message>
    <message>
        <source>Database</source>
        <translation>Datenbank</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>Ordner wählen…</translation>
    </message>
    <message>
        <source>A folder with a model, or with folders of models</source>
        <translation>Ein Ordner mit einem Modell oder mit Ordnern von Modellen</translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation>Datei wählen…</translation>
    </message>
    <message>
        <source>A GGUF or safetensors file</source>
        <translation>Eine GGUF- oder Safetensors-Datei</translation>
    </message>
    <message>
        <source>Use the demo model</source>
        <translation>Demomodell nehmen</translation>
    </message>
    <message>
        <source>A small model in three variants that comes with the program</source>
        <translation>Ein kleines Modell in drei Varianten, das zum Programm gehört</translation>
    </message>
    <message>
        <source>The demo model is ready: nothing needs to be downloaded.</source>
        <translation>Das Demomodell ist bereit: Nichts muss heruntergeladen werden.</translation>
    </message>
    <message>
        <source>Llama 3.2 and Qwen2.5 models as folders of Meta or Hugging Face, or as GGUF files. Files stay where they are. More can be added on the page Models at any time.</source>
        <translation>Modelle von Llama 3.2 und Qwen2.5 als Ordner von Meta oder Hugging Face oder als GGUF-Dateien. Die Dateien bleiben, wo sie sind. Auf der Seite Modelle kommen jederzeit weitere hinzu.</translation>
    </message>
    <message>
        <source>Chats begin with the demo model.</source>
        <translation>Chats beginnen mit dem Demomodell.</translation>
    </message>
    <message>
        <source>Chats begin with %1.</source>
        <translation>Chats beginnen mit %1.</translation>
    </message>
    <message>
        <source>A folder with models</source>
        <translation>Ein Ordner mit Modellen</translation>
    </message>
    <message>
        <source>A model file</source>
        <translation>Eine Modelldatei</translation>
    </message>
    <message>
        <source>Models (*.gguf *.safetensors *.pth);;All files (*)</source>
        <translation>Modelle (*.gguf *.safetensors *.pth);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Tune</source>
        <translation>Abstimmen</translation>
    </message>
    <message>
        <source>Progress of the tune</source>
        <translation>Fortschritt der Abstimmung</translation>
    </message>
    <message>
        <source>Times the matrix kernels on one core for up to a minute and keeps which is fastest here. Without it the usual order decides. Other programs disturb it, so close them first.</source>
        <translation>Misst die Matrix-Kernel bis zu einer Minute auf einem Kern und merkt sich, welcher hier am schnellsten ist. Ohne das entscheidet die übliche Reihenfolge. Andere Programme stören und sollten vorher beendet werden.</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird beendet…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>%1 does not open: %2</source>
        <translation>%1 lässt sich nicht öffnen: %2</translation>
    </message>
</context>
<context>
    <name>ui::FitBar</name>
    <message>
        <source>Estimated memory</source>
        <translation>Geschätzter Speicher</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>KV cache</source>
        <translation>KV-Cache</translation>
    </message>
    <message>
        <source>Activations</source>
        <translation>Aktivierungen</translation>
    </message>
    <message>
        <source>Process, tokenizer</source>
        <translation>Prozess, Tokenizer</translation>
    </message>
    <message>
        <source>One picture</source>
        <translation>Ein Bild</translation>
    </message>
</context>
<context>
    <name>ui::GenerationForm</name>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>Settings under a name</source>
        <translation>Einstellungen unter einem Namen</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>0 always takes the most likely token</source>
        <translation>0 nimmt immer das wahrscheinlichste Token</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Tokens that hold this share of the probability; 1 = all</source>
        <translation>Token, die diesen Anteil der Wahrscheinlichkeit halten; 1 = alle</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Only this many of the most likely tokens; 0 = all</source>
        <translation>Nur so viele der wahrscheinlichsten Token; 0 = alle</translation>
    </message>
    <message>
        <source>Min-p</source>
        <translation>Min-p</translation>
    </message>
    <message>
        <source>Leaves out tokens below this share of the most likely one&apos;s probability; 0 = none</source>
        <translation>Lässt Token weg, die unter diesem Anteil der Wahrscheinlichkeit des besten liegen; 0 = keine</translation>
    </message>
    <message>
        <source>Repetition</source>
        <translation>Wiederholung</translation>
    </message>
    <message>
        <source>Penalty on tokens that were used before; 1 = none</source>
        <translation>Abschlag auf Token, die schon vorkamen; 1 = keiner</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>The same seed gives the same answer</source>
        <translation>Derselbe Seed gibt dieselbe Antwort</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>Längste Antwort</translation>
    </message>
    <message>
        <source>Tokens to generate at most</source>
        <translation>So viele Token werden höchstens erzeugt</translation>
    </message>
    <message>
        <source>Custom</source>
        <translation>Eigene</translation>
    </message>
</context>
<context>
    <name>ui::HelpDialog</name>
    <message>
        <source>Send the message</source>
        <translation>Nachricht senden</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>Chat</translation>
    </message>
    <message>
        <source>Begin a new line</source>
        <translation>Neue Zeile beginnen</translation>
    </message>
    <message>
        <source>Attach the picture of the clipboard</source>
        <translation>Bild der Zwischenablage anhängen</translation>
    </message>
    <message>
        <source>Rename the chosen chat</source>
        <translation>Gewählten Chat umbenennen</translation>
    </message>
    <message>
        <source>Delete the chosen chat or run</source>
        <translation>Gewählten Chat oder Lauf löschen</translation>
    </message>
    <message>
        <source>Help and shortcuts</source>
        <translation>Hilfe und Tastenkürzel</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>What they do</source>
        <translation>Was sie tun</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wo</translation>
    </message>
    <message>
        <source>First steps…</source>
        <translation>Erste Schritte…</translation>
    </message>
    <message>
        <source>Checks, models and a quick tune, as at the first start</source>
        <translation>Prüfungen, Modelle und eine kurze Abstimmung, wie beim ersten Start</translation>
    </message>
    <message>
        <source>All commands…</source>
        <translation>Alle Befehle…</translation>
    </message>
    <message>
        <source>Searches commands, pages, chats, runs and models</source>
        <translation>Durchsucht Befehle, Seiten, Chats, Läufe und Modelle</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Everything works with the keyboard: Tab goes on, Space and Enter press, arrow keys choose.</source>
        <translation>Alles geht mit der Tastatur: Tab führt weiter, Leertaste und Enter drücken, Pfeiltasten wählen.</translation>
    </message>
</context>
<context>
    <name>ui::HistogramView</name>
    <message>
        <source>Histogram of the tensor&apos;s values</source>
        <translation>Histogramm der Werte des Tensors</translation>
    </message>
    <message>
        <source>%1 to %2: %3 values</source>
        <translation>%1 bis %2: %3 Werte</translation>
    </message>
</context>
<context>
    <name>ui::HistoryDialog</name>
    <message>
        <source>Comparisons</source>
        <translation>Vergleiche</translation>
    </message>
    <message>
        <source>Standings</source>
        <translation>Stand</translation>
    </message>
    <message>
        <source>A win: the vote went to a lane of the variant. Win rate = wins / (wins + losses), with its 95 % score interval (Wilson); “by chance” is what dice would give.</source>
        <translation>Ein Sieg: Die Wahl fiel auf eine Spur der Variante. Siegquote = Siege / (Siege + Niederlagen), mit 95-%-Intervall (Wilson); „durch Zufall“ ist, was Würfel ergäben.</translation>
    </message>
    <message>
        <source>Comparisons and standings</source>
        <translation>Vergleiche und Stand</translation>
    </message>
    <message>
        <source>Show this comparison</source>
        <translation>Diesen Vergleich zeigen</translation>
    </message>
    <message>
        <source>Shows its prompt, answers and figures on the page</source>
        <translation>Zeigt Prompt, Antworten und Zahlen auf der Seite</translation>
    </message>
    <message>
        <source>No comparison yet: type a prompt on the page and press Run.</source>
        <translation>Noch kein Vergleich: auf der Seite einen Prompt schreiben und auf Start drücken.</translation>
    </message>
    <message numerus="yes">
        <source>%n comparison(s)</source>
        <translation>
            <numerusform>%n Vergleich</numerusform>
            <numerusform>%n Vergleiche</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n vote(s)</source>
        <translation>
            <numerusform>%n Wahl</numerusform>
            <numerusform>%n Wahlen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::KernelTableModel</name>
    <message>
        <source>%1 % of memory</source>
        <translation>%1 % des Speichers</translation>
    </message>
    <message>
        <source>%1 % of %2 peak</source>
        <translation>%1 % der %2-Spitze</translation>
    </message>
    <message>
        <source>%1 · %2
%3
%4 Gop/s · %5 GB/s · %6 operations per byte
%7</source>
        <translation>%1 · %2
%3
%4 Gop/s · %5 GB/s · %6 Operationen je Byte
%7</translation>
    </message>
    <message>
        <source>
The data stay in the caches, memory does not limit them</source>
        <translation>
Die Daten bleiben in den Caches, der Speicher begrenzt sie nicht</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>Nr.</translation>
    </message>
    <message>
        <source>Op</source>
        <translation>Op</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>Variante</translation>
    </message>
    <message>
        <source>GB/s</source>
        <translation>GB/s</translation>
    </message>
    <message>
        <source>Gop/s</source>
        <translation>Gop/s</translation>
    </message>
    <message>
        <source>Ops/byte</source>
        <translation>Ops/Byte</translation>
    </message>
    <message>
        <source>Share of limit</source>
        <translation>Anteil der Grenze</translation>
    </message>
</context>
<context>
    <name>ui::KernelVariantModel</name>
    <message>
        <source>in use</source>
        <translation>in Gebrauch</translation>
    </message>
    <message>
        <source>not present</source>
        <translation>nicht vorhanden</translation>
    </message>
    <message>
        <source>is the reference</source>
        <translation>ist die Referenz</translation>
    </message>
    <message numerus="yes">
        <source>%n check(s)</source>
        <translation>
            <numerusform>%n Prüfung</numerusform>
            <numerusform>%n Prüfungen</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2 fail</source>
        <translation>%1 von %2 falsch</translation>
    </message>
    <message>
        <source>not tested</source>
        <translation>nicht geprüft</translation>
    </message>
    <message>
        <source>%1: %2 times the tolerance</source>
        <translation>%1: das %2-Fache der Toleranz</translation>
    </message>
    <message>
        <source>needs %1</source>
        <translation>braucht %1</translation>
    </message>
    <message>
        <source>largest error: %1 % of the tolerance</source>
        <translation>größter Fehler: %1 % der Toleranz</translation>
    </message>
    <message>
        <source>Operation</source>
        <translation>Operation</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>Variante</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Plan</translation>
    </message>
    <message>
        <source>Self-test</source>
        <translation>Selbsttest</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
</context>
<context>
    <name>ui::KernelVariantsCard</name>
    <message>
        <source>Progress of the self-test</source>
        <translation>Fortschritt des Selbsttests</translation>
    </message>
    <message>
        <source>Kernel variants</source>
        <translation>Kernel-Varianten</translation>
    </message>
    <message>
        <source>Run the self-test</source>
        <translation>Selbsttest starten</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird beendet…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Stop (Esc)</source>
        <translation>Stopp (Esc)</translation>
    </message>
    <message>
        <source>Computes with every variant and compares with the reference</source>
        <translation>Rechnet mit jeder Variante und vergleicht mit der Referenz</translation>
    </message>
    <message>
        <source>Chosen when a model is loaded; the plan stands with every run</source>
        <translation>Beim Laden eines Modells gewählt; der Plan steht bei jedem Lauf</translation>
    </message>
    <message>
        <source>%1 of %2 · %3</source>
        <translation>%1 von %2 · %3</translation>
    </message>
</context>
<context>
    <name>ui::KernelsController</name>
    <message>
        <source>The kernels are being tested</source>
        <translation>Die Kernel werden geprüft</translation>
    </message>
    <message>
        <source>Every variant that this CPU runs agrees with the reference</source>
        <translation>Jede Variante, die auf dieser CPU läuft, stimmt mit der Referenz überein</translation>
    </message>
    <message numerus="yes">
        <source>%n check(s) miss the reference by more than allowed: pin another variant and report this</source>
        <translation>
            <numerusform>%n Prüfung weicht weiter als erlaubt von der Referenz ab: eine andere Variante festlegen und dies melden</numerusform>
            <numerusform>%n Prüfungen weichen weiter als erlaubt von der Referenz ab: eine andere Variante festlegen und dies melden</numerusform>
        </translation>
    </message>
    <message>
        <source>The kernels of the next models are chosen by %1</source>
        <translation>Über die Kernel der nächsten Modelle entscheidet %1</translation>
    </message>
    <message>
        <source>Stopped before its end</source>
        <translation>Vor dem Ende beendet</translation>
    </message>
</context>
<context>
    <name>ui::LaneCard</name>
    <message>
        <source>Waiting for the lanes before it</source>
        <translation>Wartet auf die Bahnen davor</translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation>Das Modell wird geladen…</translation>
    </message>
    <message>
        <source>Reading the prompt…</source>
        <translation>Der Prompt wird gelesen…</translation>
    </message>
    <message>
        <source>Stopped before it answered</source>
        <translation>Beendet, bevor es antwortete</translation>
    </message>
    <message>
        <source>The model answered with nothing</source>
        <translation>Das Modell antwortete mit nichts</translation>
    </message>
    <message>
        <source>The answer appears here.
Type a prompt and press Run.</source>
        <translation>Hier erscheint die Antwort.
Einen Prompt schreiben und Start drücken.</translation>
    </message>
    <message>
        <source>Kernel variants of this lane</source>
        <translation>Kernel-Varianten dieser Bahn</translation>
    </message>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n Thread</numerusform>
            <numerusform>%n Threads</numerusform>
        </translation>
    </message>
    <message>
        <source>Progress of this lane</source>
        <translation>Fortschritt dieser Bahn</translation>
    </message>
    <message>
        <source>Model of lane %1</source>
        <translation>Modell von Bahn %1</translation>
    </message>
    <message>
        <source>Kernels of lane %1</source>
        <translation>Kernel von Bahn %1</translation>
    </message>
    <message>
        <source>Remove lane %1</source>
        <translation>Bahn %1 entfernen</translation>
    </message>
    <message>
        <source>Answer of lane %1</source>
        <translation>Antwort von Bahn %1</translation>
    </message>
    <message>
        <source>%1
%2
%3</source>
        <translation>%1
%2
%3</translation>
    </message>
    <message>
        <source>reference</source>
        <translation>Referenz</translation>
    </message>
    <message>
        <source>This lane failed; the others are not affected</source>
        <translation>Diese Bahn schlug fehl; die anderen sind nicht betroffen</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n Token</numerusform>
            <numerusform>%n Token</numerusform>
        </translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>beendet</translation>
    </message>
    <message>
        <source>length limit</source>
        <translation>Längengrenze</translation>
    </message>
    <message>
        <source>first divergence at token %1</source>
        <translation>erste Abweichung bei Token %1</translation>
    </message>
    <message>
        <source>KL %1</source>
        <translation>KL %1</translation>
    </message>
    <message>
        <source>reference for KL</source>
        <translation>Referenz für KL</translation>
    </message>
    <message>
        <source>weights %1</source>
        <translation>Gewichte %1</translation>
    </message>
    <message>
        <source>Lane %1, hidden</source>
        <translation>Spur %1, verborgen</translation>
    </message>
    <message>
        <source>Hidden until you have voted</source>
        <translation>Verborgen, bis gewählt wurde</translation>
    </message>
    <message>
        <source>This lane failed; the reason is shown when you reveal the lanes</source>
        <translation>Diese Spur ist gescheitert; der Grund erscheint beim Aufdecken</translation>
    </message>
    <message>
        <source>The answers appear together</source>
        <translation>Die Antworten erscheinen zusammen</translation>
    </message>
    <message>
        <source>Name, colour and figures after the vote</source>
        <translation>Name, Farbe und Zahlen nach der Wahl</translation>
    </message>
    <message>
        <source>was %1</source>
        <translation>war %1</translation>
    </message>
    <message>
        <source>ran beside others: not fair</source>
        <translation>lief neben anderen: nicht fair</translation>
    </message>
</context>
<context>
    <name>ui::LaneMetrics</name>
    <message>
        <source>Peak memory</source>
        <translation>Spitzenspeicher</translation>
    </message>
    <message>
        <source>Agreement</source>
        <translation>Übereinstimmung</translation>
    </message>
    <message>
        <source>Not defined for so few tokens</source>
        <translation>Für so wenige Token nicht bestimmt</translation>
    </message>
    <message>
        <source>%1: %2
n = 1 answer; %3 is better</source>
        <translation>%1: %2
n = 1 Antwort; %3 ist besser</translation>
    </message>
    <message>
        <source>higher</source>
        <translation>höher</translation>
    </message>
    <message>
        <source>lower</source>
        <translation>niedriger</translation>
    </message>
    <message>
        <source>No energy value: %1</source>
        <translation>Kein Energiewert: %1</translation>
    </message>
    <message>
        <source>J/tok</source>
        <translation>J/Token</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>Referenz</translation>
    </message>
    <message>
        <source>for the others</source>
        <translation>für die anderen</translation>
    </message>
    <message>
        <source>The other lanes are scored on this lane&apos;s tokens</source>
        <translation>Die anderen Bahnen werden an den Token dieser Bahn gemessen</translation>
    </message>
    <message>
        <source>differs from token %1</source>
        <translation>anders ab Token %1</translation>
    </message>
    <message>
        <source>same answer</source>
        <translation>gleiche Antwort</translation>
    </message>
    <message>
        <source>Share of positions where this lane&apos;s most likely token is the reference&apos;s, on the reference&apos;s own tokens
KL(reference ‖ lane) = %1 nats per token</source>
        <translation>Anteil der Stellen, an denen das wahrscheinlichste Token dieser Bahn das der Referenz ist, auf den Token der Referenz
KL(Referenz ‖ Bahn) = %1 Nat je Token</translation>
    </message>
    <message>
        <source>not fair</source>
        <translation>nicht fair</translation>
    </message>
</context>
<context>
    <name>ui::LaneModel</name>
    <message>
        <source>int4 g%1</source>
        <translation>int4 g%1</translation>
    </message>
    <message>
        <source> + rank %1</source>
        <translation> + Rang %1</translation>
    </message>
    <message>
        <source> · R4 online</source>
        <translation> · R4 online</translation>
    </message>
    <message>
        <source>int4</source>
        <translation>int4</translation>
    </message>
    <message>
        <source>≥ %1 %</source>
        <translation>≥ %1 %</translation>
    </message>
    <message>
        <source>&lt; %1 %</source>
        <translation>&lt; %1 %</translation>
    </message>
    <message>
        <source>the same words as the reference</source>
        <translation>dieselben Wörter wie die Referenz</translation>
    </message>
    <message numerus="yes">
        <source>%n word(s) added</source>
        <translation>
            <numerusform>%n Wort hinzugefügt</numerusform>
            <numerusform>%n Wörter hinzugefügt</numerusform>
        </translation>
    </message>
    <message>
        <source>, %1 removed</source>
        <translation>, %1 entfernt</translation>
    </message>
    <message>
        <source>Token %1 “%2”</source>
        <translation>Token %1 „%2“</translation>
    </message>
    <message>
        <source>id %1</source>
        <translation>ID %1</translation>
    </message>
    <message>
        <source>p %1</source>
        <translation>p %1</translation>
    </message>
    <message>
        <source>rank %1</source>
        <translation>Rang %1</translation>
    </message>
    <message>
        <source>first divergence</source>
        <translation>erste Abweichung</translation>
    </message>
</context>
<context>
    <name>ui::LaneTableModel</name>
    <message>
        <source>Generated tokens</source>
        <translation>Erzeugte Token</translation>
    </message>
    <message>
        <source>First divergence at token</source>
        <translation>Erste Abweichung bei Token</translation>
    </message>
    <message>
        <source>%1  (not fair)</source>
        <translation>%1  (nicht fair)</translation>
    </message>
    <message>
        <source>%1 (reference)</source>
        <translation>%1 (Referenz)</translation>
    </message>
</context>
<context>
    <name>ui::LayerErrorModel</name>
    <message>
        <source>%1, %2: weights %3 %, outputs %4 %</source>
        <translation>%1, %2: Gewichte %3 %, Ausgaben %4 %</translation>
    </message>
</context>
<context>
    <name>ui::LiveTraces</name>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>tok/s</source>
        <translation>Tok/s</translation>
    </message>
    <message>
        <source>CPU clock</source>
        <translation>CPU-Takt</translation>
    </message>
    <message>
        <source>GHz</source>
        <translation>GHz</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>°C</source>
        <translation>°C</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>Leistung</translation>
    </message>
    <message>
        <source>W</source>
        <translation>W</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>MiB</source>
        <translation>MiB</translation>
    </message>
    <message>
        <source>Nothing tells it here, or nothing runs</source>
        <translation>Hier sagt es nichts, oder nichts läuft</translation>
    </message>
</context>
<context>
    <name>ui::LogCard</name>
    <message>
        <source>Messages</source>
        <translation>Meldungen</translation>
    </message>
    <message>
        <source>kept until the program ends</source>
        <translation>aufbewahrt, bis das Programm endet</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>Neu lesen</translation>
    </message>
    <message>
        <source>Shows the newest messages</source>
        <translation>Zeigt die neuesten Meldungen</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Speichern…</translation>
    </message>
    <message>
        <source>Writes these messages to a file</source>
        <translation>Schreibt diese Meldungen in eine Datei</translation>
    </message>
    <message>
        <source>Save the messages</source>
        <translation>Meldungen speichern</translation>
    </message>
    <message>
        <source>Diagnostics…</source>
        <translation>Diagnose…</translation>
    </message>
    <message>
        <source>What a report of a fault needs, to read before it is saved</source>
        <translation>Was eine Fehlermeldung braucht, zum Lesen vor dem Speichern</translation>
    </message>
    <message>
        <source>Messages of the program</source>
        <translation>Meldungen des Programms</translation>
    </message>
    <message>
        <source>Nothing was reported yet.</source>
        <translation>Noch wurde nichts gemeldet.</translation>
    </message>
    <message>
        <source>Saved to %1</source>
        <translation>Gespeichert: %1</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2</source>
        <translation>%1 kann nicht geschrieben werden: %2</translation>
    </message>
</context>
<context>
    <name>ui::LossCurve</name>
    <message>
        <source>Loss by step</source>
        <translation>Verlust nach Schritt</translation>
    </message>
    <message>
        <source>training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>held out</source>
        <translation>zurückgehalten</translation>
    </message>
    <message>
        <source>step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>loss, nats per token</source>
        <translation>Verlust, Nats pro Token</translation>
    </message>
    <message>
        <source>last loss %1</source>
        <translation>letzter Verlust %1</translation>
    </message>
    <message>
        <source>last loss %1, held out %2</source>
        <translation>letzter Verlust %1, zurückgehalten %2</translation>
    </message>
</context>
<context>
    <name>ui::MachineCard</name>
    <message>
        <source>L%1 %2 × %3</source>
        <translation>L%1 %2 × %3</translation>
    </message>
    <message>
        <source>no meter</source>
        <translation>kein Zähler</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Cores</source>
        <translation>Kerne</translation>
    </message>
    <message>
        <source>Caches</source>
        <translation>Caches</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Kernels</source>
        <translation>Kernel</translation>
    </message>
    <message>
        <source>Governor</source>
        <translation>Governor</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Energy meter</source>
        <translation>Energiezähler</translation>
    </message>
    <message>
        <source>%1 physical · %2 logical</source>
        <translation>%1 physisch · %2 logisch</translation>
    </message>
    <message>
        <source>%1 of %2 available</source>
        <translation>%1 von %2 verfügbar</translation>
    </message>
    <message numerus="yes">
        <source>%1 · %n thread(s)</source>
        <translation>
            <numerusform>%1 · %n Thread</numerusform>
            <numerusform>%1 · %n Threads</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::MainWindow</name>
    <message>
        <source>Anven Workbench</source>
        <translation>Anven Workbench</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>Chat</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>Benchmark</source>
        <translation>Benchmark</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Ergebnisse</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>Gehe zu</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>Search on this page</source>
        <translation>Auf dieser Seite suchen</translation>
    </message>
    <message>
        <source>Switch between light and dark</source>
        <translation>Zwischen hell und dunkel wechseln</translation>
    </message>
    <message>
        <source>Stop what runs on this page</source>
        <translation>Beenden, was auf dieser Seite läuft</translation>
    </message>
    <message>
        <source>Send, compare or measure</source>
        <translation>Senden, vergleichen oder messen</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>Neuer Chat</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>Modell wählen</translation>
    </message>
    <message>
        <source>Export what this page shows</source>
        <translation>Exportieren, was diese Seite zeigt</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>Noch einmal antworten</translation>
    </message>
    <message>
        <source>Edit the last question</source>
        <translation>Letzte Frage bearbeiten</translation>
    </message>
    <message>
        <source>Go to the prompt</source>
        <translation>Zum Prompt gehen</translation>
    </message>
    <message>
        <source>Show or hide the list of chats</source>
        <translation>Liste der Chats ein- oder ausblenden</translation>
    </message>
    <message>
        <source>Previous message</source>
        <translation>Vorige Nachricht</translation>
    </message>
    <message>
        <source>Next message</source>
        <translation>Nächste Nachricht</translation>
    </message>
    <message>
        <source>Copy the last answer</source>
        <translation>Letzte Antwort kopieren</translation>
    </message>
    <message>
        <source>Earlier branch</source>
        <translation>Früherer Zweig</translation>
    </message>
    <message>
        <source>Later branch</source>
        <translation>Späterer Zweig</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Hilfe</translation>
    </message>
    <message>
        <source>Search commands, pages, chats, runs and models</source>
        <translation>Befehle, Seiten, Chats, Läufe und Modelle suchen</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Help and shortcuts</source>
        <translation>Hilfe und Tastenkürzel</translation>
    </message>
    <message>
        <source>First steps</source>
        <translation>Erste Schritte</translation>
    </message>
    <message>
        <source>CPU topology and energy sources</source>
        <translation>CPU-Topologie und Energiequellen</translation>
    </message>
    <message>
        <source>Kernel variants and self-test</source>
        <translation>Kernel-Varianten und Selbsttest</translation>
    </message>
    <message>
        <source>Roofline of this machine</source>
        <translation>Roofline dieses Rechners</translation>
    </message>
    <message>
        <source>Database, backup and messages</source>
        <translation>Datenbank, Sicherung und Meldungen</translation>
    </message>
    <message>
        <source>Diagnostics</source>
        <translation>Diagnose</translation>
    </message>
    <message>
        <source>Run %1 · %2</source>
        <translation>Lauf %1 · %2</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Chat with %1</source>
        <translation>Chat mit %1</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
</context>
<context>
    <name>ui::MessageModel</name>
    <message>
        <source>TTFT </source>
        <translation>TTFT </translation>
    </message>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n Token</numerusform>
            <numerusform>%n Token</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2 guesses held (%3 %)</source>
        <translation>%1 von %2 Entwürfen hielten (%3 %)</translation>
    </message>
    <message>
        <source>images </source>
        <translation>Bilder </translation>
    </message>
</context>
<context>
    <name>ui::MessageView</name>
    <message>
        <source>Previous branch (Alt+Left)</source>
        <translation>Voriger Zweig (Alt+Links)</translation>
    </message>
    <message>
        <source>Next branch (Alt+Right)</source>
        <translation>Nächster Zweig (Alt+Rechts)</translation>
    </message>
    <message>
        <source>Result of a function</source>
        <translation>Ergebnis einer Funktion</translation>
    </message>
    <message>
        <source>Copy this message</source>
        <translation>Diese Nachricht kopieren</translation>
    </message>
    <message>
        <source>Edit: makes a branch (Ctrl+E)</source>
        <translation>Bearbeiten: macht einen Zweig (Strg+E)</translation>
    </message>
    <message>
        <source>Compare this: ask every lane</source>
        <translation>Dies vergleichen: jede Bahn fragen</translation>
    </message>
    <message>
        <source>Copy this answer</source>
        <translation>Diese Antwort kopieren</translation>
    </message>
    <message>
        <source>Answer again (Ctrl+R)</source>
        <translation>Noch einmal antworten (Strg+R)</translation>
    </message>
    <message>
        <source>Answer again with another model</source>
        <translation>Mit einem anderen Modell antworten</translation>
    </message>
    <message>
        <source>Open this address?</source>
        <translation>Diese Adresse öffnen?</translation>
    </message>
    <message>
        <source>A link in the answer leads to this address. A model may have made it up.</source>
        <translation>Ein Link in der Antwort führt zu dieser Adresse. Ein Modell kann sie erfunden haben.</translation>
    </message>
    <message>
        <source>Open in the browser</source>
        <translation>Im Browser öffnen</translation>
    </message>
    <message>
        <source>Copy address</source>
        <translation>Adresse kopieren</translation>
    </message>
    <message>
        <source>The answer failed.</source>
        <translation>Die Antwort schlug fehl.</translation>
    </message>
    <message>
        <source>Stopped before it answered</source>
        <translation>Beendet, bevor es antwortete</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Beendet</translation>
    </message>
    <message>
        <source>The model answered with nothing</source>
        <translation>Das Modell antwortete mit nichts</translation>
    </message>
    <message numerus="yes">
        <source>↑ %n message(s) above: no longer sent to the model</source>
        <translation>
            <numerusform>↑ %n Nachricht darüber: wird nicht mehr an das Modell gesendet</numerusform>
            <numerusform>↑ %n Nachrichten darüber: werden nicht mehr an das Modell gesendet</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::MetricBars</name>
    <message>
        <source>Check rows in the table to see them here</source>
        <translation>Zeilen der Tabelle ankreuzen, um sie hier zu sehen</translation>
    </message>
    <message>
        <source>No energy value: %1</source>
        <translation>Kein Energiewert: %1</translation>
    </message>
    <message>
        <source>Not measured in the checked runs</source>
        <translation>In den angekreuzten Läufen nicht gemessen</translation>
    </message>
    <message>
        <source>%1, run %2: %3, n = %4</source>
        <translation>%1, Lauf %2: %3, n = %4</translation>
    </message>
    <message>
        <source>, 95 % interval %1 – %2</source>
        <translation>, 95-%-Intervall %1 – %2</translation>
    </message>
    <message>
        <source>, estimated</source>
        <translation>, geschätzt</translation>
    </message>
    <message>
        <source>higher is better</source>
        <translation>höher ist besser</translation>
    </message>
    <message>
        <source>lower is better</source>
        <translation>niedriger ist besser</translation>
    </message>
</context>
<context>
    <name>ui::MetricNames</name>
    <message>
        <source>Time to first token</source>
        <translation>Zeit bis zum ersten Token</translation>
    </message>
    <message>
        <source>Prefill speed</source>
        <translation>Prefill-Tempo</translation>
    </message>
    <message>
        <source>Prefill</source>
        <translation>Prefill</translation>
    </message>
    <message>
        <source>Decode speed</source>
        <translation>Decode-Tempo</translation>
    </message>
    <message>
        <source>Decode</source>
        <translation>Decode</translation>
    </message>
    <message>
        <source>Peak memory</source>
        <translation>Spitzenspeicher</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Energy per token</source>
        <translation>Energie je Token</translation>
    </message>
    <message>
        <source>Energy</source>
        <translation>Energie</translation>
    </message>
    <message>
        <source>Time per output token</source>
        <translation>Zeit je Ausgabe-Token</translation>
    </message>
    <message>
        <source>Inter-token latency</source>
        <translation>Abstand der Token</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>KV cache</source>
        <translation>KV-Cache</translation>
    </message>
    <message>
        <source>Load time</source>
        <translation>Ladezeit</translation>
    </message>
</context>
<context>
    <name>ui::ModelDetails</name>
    <message>
        <source>Load in chat</source>
        <translation>Im Chat laden</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>Adds a lane with this model to the comparison</source>
        <translation>Fügt dem Vergleich eine Bahn mit diesem Modell hinzu</translation>
    </message>
    <message>
        <source>Benchmark</source>
        <translation>Benchmark</translation>
    </message>
    <message>
        <source>Measures this model repeatedly</source>
        <translation>Misst dieses Modell wiederholt</translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation>Ordner zeigen</translation>
    </message>
    <message>
        <source>Opens the model&apos;s folder in the file manager</source>
        <translation>Öffnet den Ordner des Modells in der Dateiverwaltung</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Licence of the model</source>
        <translation>Lizenz des Modells</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Überblick</translation>
    </message>
    <message>
        <source>Tensors</source>
        <translation>Tensoren</translation>
    </message>
    <message>
        <source>Size map</source>
        <translation>Größenkarte</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>There is no licence file beside the model</source>
        <translation>Neben dem Modell liegt keine Lizenzdatei</translation>
    </message>
    <message>
        <source>Makes it the chat&apos;s model; it is loaded with the next message</source>
        <translation>Macht es zum Modell des Chats; geladen wird es mit der nächsten Nachricht</translation>
    </message>
    <message>
        <source>Stop verifying</source>
        <translation>Prüfung beenden</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Stop (Esc)</source>
        <translation>Stopp (Esc)</translation>
    </message>
    <message>
        <source>Computes the SHA-256 of the weight files and compares it with what was published or computed before</source>
        <translation>Berechnet den SHA-256 der Gewichtsdateien und vergleicht ihn mit dem veröffentlichten oder früher berechneten</translation>
    </message>
    <message>
        <source>Takes it out of the list; no file is deleted (Del)</source>
        <translation>Nimmt es aus der Liste; keine Datei wird gelöscht (Entf)</translation>
    </message>
    <message>
        <source>The demo models come with the program and stay</source>
        <translation>Die Demomodelle gehören zum Programm und bleiben</translation>
    </message>
    <message>
        <source>Quantize…</source>
        <translation>Quantisieren…</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Güte</translation>
    </message>
    <message>
        <source>Makes a smaller variant of this model and measures what it lost</source>
        <translation>Macht eine kleinere Variante dieses Modells und misst, was sie verloren hat</translation>
    </message>
    <message>
        <source>Fine-tune…</source>
        <translation>Nachtrainieren…</translation>
    </message>
    <message>
        <source>Trains this model further on texts or chats</source>
        <translation>Trainiert dieses Modell weiter an Texten oder Chats</translation>
    </message>
</context>
<context>
    <name>ui::ModelListModel</name>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>Does not open</source>
        <translation>Öffnet sich nicht</translation>
    </message>
    <message numerus="yes">
        <source>crashed %n time(s) in a row · %1</source>
        <translation>
            <numerusform>%n-mal abgestürzt · %1</numerusform>
            <numerusform>%n-mal in Folge abgestürzt · %1</numerusform>
        </translation>
    </message>
    <message>
        <source>comes with the program</source>
        <translation>gehört zum Programm</translation>
    </message>
    <message>
        <source>%1 bits/weight</source>
        <translation>%1 Bit/Gewicht</translation>
    </message>
    <message>
        <source>%1 weights</source>
        <translation>%1 Gewichte</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Quantization</source>
        <translation>Quantisierung</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Verified</source>
        <translation>Geprüft</translation>
    </message>
</context>
<context>
    <name>ui::ModelOverview</name>
    <message>
        <source>θ %1, scaled ×%2</source>
        <translation>θ %1, gestreckt ×%2</translation>
    </message>
    <message>
        <source>θ %1</source>
        <translation>θ %1</translation>
    </message>
    <message>
        <source>θ %1, scaled per frequency</source>
        <translation>θ %1, je Frequenz gestreckt</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>Architektur</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>%1 at %2 bits</source>
        <translation>%1 mit %2 Bit</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Kontext</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Token</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>Breite</translation>
    </message>
    <message>
        <source>FFN width</source>
        <translation>FFN-Breite</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>Köpfe</translation>
    </message>
    <message>
        <source>%1, %2 for keys and values</source>
        <translation>%1, %2 für Schlüssel und Werte</translation>
    </message>
    <message>
        <source>Head width</source>
        <translation>Kopfbreite</translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation>Vokabular</translation>
    </message>
    <message>
        <source>RoPE</source>
        <translation>RoPE</translation>
    </message>
    <message>
        <source>Output table</source>
        <translation>Ausgabetabelle</translation>
    </message>
    <message>
        <source>tied to the embedding</source>
        <translation>mit der Einbettung geteilt</translation>
    </message>
    <message>
        <source>of its own</source>
        <translation>eine eigene</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>Tokenizer</translation>
    </message>
    <message>
        <source>%1, %2 entries</source>
        <translation>%1, %2 Einträge</translation>
    </message>
    <message>
        <source>none: %1</source>
        <translation>keiner: %1</translation>
    </message>
    <message>
        <source>LoRA</source>
        <translation>LoRA</translation>
    </message>
    <message>
        <source>rank %1, scale %2</source>
        <translation>Rang %1, Faktor %2</translation>
    </message>
    <message>
        <source>Rotation</source>
        <translation>Rotation</translation>
    </message>
    <message>
        <source>online Hadamard before w2</source>
        <translation>Hadamard vor w2, während des Rechnens</translation>
    </message>
    <message>
        <source>online Hadamard before w2 and on heads</source>
        <translation>Hadamard vor w2 und in Köpfen, während des Rechnens</translation>
    </message>
    <message>
        <source>Activations</source>
        <translation>Aktivierungen</translation>
    </message>
    <message>
        <source>%1 bit</source>
        <translation>%1 Bit</translation>
    </message>
    <message>
        <source>Estimated memory with %1 tokens of context</source>
        <translation>Geschätzter Speicher bei %1 Token Kontext</translation>
    </message>
    <message>
        <source>Reading the files…</source>
        <translation>Die Dateien werden gelesen…</translation>
    </message>
    <message>
        <source>Why it does not open</source>
        <translation>Warum es sich nicht öffnet</translation>
    </message>
    <message numerus="yes">
        <source>It ended its process %n time(s) in a row, so that it is not loaded by itself. “Load in chat” tries it again.</source>
        <translation>
            <numerusform>Es hat seinen Prozess %n-mal beendet und wird deshalb nicht von selbst geladen. „Im Chat laden“ versucht es noch einmal.</numerusform>
            <numerusform>Es hat seinen Prozess %n-mal in Folge beendet und wird deshalb nicht von selbst geladen. „Im Chat laden“ versucht es noch einmal.</numerusform>
        </translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>up to %1 tiles of %2 × %2 pixels</source>
        <translation>bis zu %1 Kacheln zu %2 × %2 Pixeln</translation>
    </message>
    <message>
        <source>Image tokens</source>
        <translation>Bild-Token</translation>
    </message>
    <message>
        <source>%1 a tile, patches of %2 pixels</source>
        <translation>%1 je Kachel, Felder von %2 Pixeln</translation>
    </message>
    <message>
        <source>Image encoder</source>
        <translation>Bild-Encoder</translation>
    </message>
    <message>
        <source>%1 + %2 layers, width %3</source>
        <translation>%1 + %2 Schichten, Breite %3</translation>
    </message>
    <message>
        <source>Cross-attention</source>
        <translation>Cross-Attention</translation>
    </message>
    <message numerus="yes">
        <source>%n layer(s)</source>
        <translation>
            <numerusform>%n Schicht</numerusform>
            <numerusform>%n Schichten</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ModelTexts</name>
    <message>
        <source>The SHA-256 of the weight files was not computed yet</source>
        <translation>Der SHA-256 der Gewichtsdateien wurde noch nicht berechnet</translation>
    </message>
    <message>
        <source>SHA-256 computed and kept; no published one lies beside the files to compare with</source>
        <translation>SHA-256 berechnet und behalten; neben den Dateien liegt kein veröffentlichter zum Vergleich</translation>
    </message>
    <message>
        <source>SHA-256 is the one that was published with the files</source>
        <translation>Der SHA-256 ist der, der mit den Dateien veröffentlicht wurde</translation>
    </message>
    <message>
        <source>SHA-256 is not the published one: the download is damaged or the file was changed</source>
        <translation>Der SHA-256 ist nicht der veröffentlichte: Der Download ist beschädigt oder die Datei wurde geändert</translation>
    </message>
    <message>
        <source>SHA-256 is another one than at the last verification</source>
        <translation>Der SHA-256 ist ein anderer als bei der letzten Prüfung</translation>
    </message>
    <message>
        <source>A file was changed or moved since its SHA-256 was computed; verify again</source>
        <translation>Eine Datei wurde geändert oder verschoben, seit ihr SHA-256 berechnet wurde; noch einmal prüfen</translation>
    </message>
</context>
<context>
    <name>ui::ModelsController</name>
    <message numerus="yes">
        <source>%1 crashed %n time(s) in a row and is not loaded by itself; see Models</source>
        <translation>
            <numerusform>%1 ist %n-mal abgestürzt und wird nicht von selbst geladen; siehe Modelle</numerusform>
            <numerusform>%1 ist %n-mal in Folge abgestürzt und wird nicht von selbst geladen; siehe Modelle</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Added %n model(s)</source>
        <translation>
            <numerusform>%n Modell hinzugefügt</numerusform>
            <numerusform>%n Modelle hinzugefügt</numerusform>
        </translation>
    </message>
    <message>
        <source>Already in the list; read again</source>
        <translation>Schon in der Liste; neu gelesen</translation>
    </message>
    <message>
        <source>%1 is no longer in the list; its files are where they were</source>
        <translation>%1 steht nicht mehr in der Liste; seine Dateien sind, wo sie waren</translation>
    </message>
    <message>
        <source>Verifying was stopped</source>
        <translation>Die Prüfung wurde beendet</translation>
    </message>
</context>
<context>
    <name>ui::ModelsPage</name>
    <message>
        <source>Add folder…</source>
        <translation>Ordner hinzufügen…</translation>
    </message>
    <message>
        <source>A model&apos;s folder, or one that holds several models</source>
        <translation>Der Ordner eines Modells oder einer mit mehreren Modellen</translation>
    </message>
    <message>
        <source>Add files…</source>
        <translation>Dateien hinzufügen…</translation>
    </message>
    <message>
        <source>.gguf, .safetensors or .pth, several at once (Ctrl+O)</source>
        <translation>.gguf, .safetensors oder .pth, auch mehrere (Strg+O)</translation>
    </message>
    <message numerus="yes">
        <source>%n model(s)</source>
        <translation>
            <numerusform>%n Modell</numerusform>
            <numerusform>%n Modelle</numerusform>
        </translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Context that the memory is estimated for</source>
        <translation>Kontext, für den der Speicher geschätzt wird</translation>
    </message>
    <message>
        <source>Context that the memory is estimated for; a model&apos;s own limit counts where it is less</source>
        <translation>Kontext, für den der Speicher geschätzt wird; die Grenze des Modells zählt, wo sie kleiner ist</translation>
    </message>
    <message>
        <source>%1k context</source>
        <translation>%1k Kontext</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Token</translation>
    </message>
    <message>
        <source>KV cache that the memory is estimated for</source>
        <translation>KV-Cache, für den der Speicher geschätzt wird</translation>
    </message>
    <message>
        <source>How keys and values are kept</source>
        <translation>Wie Schlüssel und Werte gehalten werden</translation>
    </message>
    <message>
        <source>KV %1</source>
        <translation>KV %1</translation>
    </message>
    <message>
        <source>Memory for</source>
        <translation>Speicher für</translation>
    </message>
    <message>
        <source>Known models</source>
        <translation>Bekannte Modelle</translation>
    </message>
    <message>
        <source>Drop model folders, .pth, .safetensors or .gguf files here; nothing is copied or moved</source>
        <translation>Modellordner, .pth-, .safetensors- oder .gguf-Dateien hierher ziehen; nichts wird kopiert oder verschoben</translation>
    </message>
    <message>
        <source>Model files</source>
        <translation>Modelldateien</translation>
    </message>
    <message>
        <source>Models (*.gguf *.safetensors *.pth *.pt);;All files (*)</source>
        <translation>Modelle (*.gguf *.safetensors *.pth *.pt);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Drop to add to the list</source>
        <translation>Loslassen, um sie in die Liste aufzunehmen</translation>
    </message>
</context>
<context>
    <name>ui::NavRail</name>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Switch between light and dark (Ctrl+T)</source>
        <translation>Zwischen hell und dunkel wechseln (Strg+T)</translation>
    </message>
</context>
<context>
    <name>ui::PictureChip</name>
    <message>
        <source>%1, being read</source>
        <translation>%1, wird gelesen</translation>
    </message>
    <message>
        <source>reading…</source>
        <translation>wird gelesen…</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Token</translation>
    </message>
    <message>
        <source>Image tokens are looked at beside the text; in the context a picture takes one token.</source>
        <translation>Bild-Token werden neben dem Text betrachtet; im Kontext belegt ein Bild ein Token.</translation>
    </message>
    <message>
        <source>Enter shows it larger, Delete removes it.</source>
        <translation>Enter zeigt es größer, Entf entfernt es.</translation>
    </message>
    <message>
        <source>Remove %1</source>
        <translation>%1 entfernen</translation>
    </message>
</context>
<context>
    <name>ui::PictureDialog</name>
    <message>
        <source>Reading the picture…</source>
        <translation>Das Bild wird gelesen…</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Speichern als…</translation>
    </message>
    <message>
        <source>Writes the picture as it came, byte for byte</source>
        <translation>Schreibt das Bild, wie es kam, Byte für Byte</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Save the picture</source>
        <translation>Bild speichern</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2</source>
        <translation>%1 kann nicht geschrieben werden: %2</translation>
    </message>
    <message>
        <source>Written to %1</source>
        <translation>Geschrieben: %1</translation>
    </message>
</context>
<context>
    <name>ui::PictureStrip</name>
    <message>
        <source>Attach pictures</source>
        <translation>Bilder anhängen</translation>
    </message>
</context>
<context>
    <name>ui::PictureThumb</name>
    <message>
        <source>Click to see it larger</source>
        <translation>Klicken, um es größer zu sehen</translation>
    </message>
</context>
<context>
    <name>ui::PictureTray</name>
    <message numerus="yes">
        <source>A message takes %n picture(s) at most; remove one first.</source>
        <translation>
            <numerusform>Eine Nachricht nimmt höchstens %n Bild auf; zuerst eines entfernen.</numerusform>
            <numerusform>Eine Nachricht nimmt höchstens %n Bilder auf; zuerst eines entfernen.</numerusform>
        </translation>
    </message>
    <message>
        <source>pasted picture</source>
        <translation>eingefügtes Bild</translation>
    </message>
</context>
<context>
    <name>ui::PlotCard</name>
    <message>
        <source>Overview</source>
        <translation>Überblick</translation>
    </message>
    <message>
        <source>Bars</source>
        <translation>Balken</translation>
    </message>
    <message>
        <source>Boxes</source>
        <translation>Boxen</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Sweep</source>
        <translation>Reihe</translation>
    </message>
    <message>
        <source>Trade-off</source>
        <translation>Abwägung</translation>
    </message>
    <message>
        <source>What is shown</source>
        <translation>Was gezeigt wird</translation>
    </message>
    <message>
        <source>What the sweep goes over</source>
        <translation>Worüber die Reihe läuft</translation>
    </message>
    <message>
        <source>by depth</source>
        <translation>nach Tiefe</translation>
    </message>
    <message>
        <source>by prompt</source>
        <translation>nach Prompt</translation>
    </message>
    <message>
        <source>by answer</source>
        <translation>nach Antwort</translation>
    </message>
    <message>
        <source>by threads</source>
        <translation>nach Threads</translation>
    </message>
    <message>
        <source>Against what</source>
        <translation>Wogegen</translation>
    </message>
    <message>
        <source>What the size of a point says</source>
        <translation>Was die Größe eines Punkts sagt</translation>
    </message>
    <message>
        <source>What makes a series</source>
        <translation>Was eine Reihe ausmacht</translation>
    </message>
    <message>
        <source>by lane</source>
        <translation>nach Bahn</translation>
    </message>
    <message>
        <source>by variant</source>
        <translation>nach Variante</translation>
    </message>
    <message>
        <source>by model</source>
        <translation>nach Modell</translation>
    </message>
    <message>
        <source>by kernels</source>
        <translation>nach Kerneln</translation>
    </message>
    <message>
        <source>by host</source>
        <translation>nach Rechner</translation>
    </message>
    <message>
        <source>by run</source>
        <translation>nach Lauf</translation>
    </message>
    <message>
        <source>log</source>
        <translation>log</translation>
    </message>
    <message>
        <source>Logarithmic value axis</source>
        <translation>Logarithmische Werteachse</translation>
    </message>
    <message>
        <source>Save ▾</source>
        <translation>Sichern ▾</translation>
    </message>
    <message>
        <source>Writes the plot as a picture</source>
        <translation>Schreibt das Diagramm als Bild</translation>
    </message>
    <message>
        <source>Save plot</source>
        <translation>Diagramm speichern</translation>
    </message>
    <message>
        <source>%1…</source>
        <translation>%1…</translation>
    </message>
    <message>
        <source>equal points</source>
        <translation>gleiche Punkte</translation>
    </message>
    <message>
        <source>⚠ %1</source>
        <translation>⚠ %1</translation>
    </message>
    <message>
        <source>Wrote %1</source>
        <translation>Geschrieben: %1</translation>
    </message>
    <message>
        <source>%1 cannot be written; check the folder and its permissions</source>
        <translation>%1 kann nicht geschrieben werden; Ordner und Rechte prüfen</translation>
    </message>
</context>
<context>
    <name>ui::PreflightRow</name>
    <message>
        <source>Copy fix</source>
        <translation>Abhilfe kopieren</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>Neu prüfen</translation>
    </message>
    <message>
        <source>Reads power, governor, load, temperature and energy anew</source>
        <translation>Liest Stromversorgung, Governor, Last, Temperatur und Energie neu</translation>
    </message>
    <message>
        <source>Copies: %1</source>
        <translation>Kopiert: %1</translation>
    </message>
</context>
<context>
    <name>ui::ProfileDialog</name>
    <message>
        <source>Use</source>
        <translation>Nehmen</translation>
    </message>
    <message>
        <source>Measures by this text</source>
        <translation>Misst nach diesem Text</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Speichern als…</translation>
    </message>
    <message>
        <source>Writes the profile to a file, also for anven bench FILE.yaml</source>
        <translation>Schreibt das Profil in eine Datei, auch für anven bench DATEI.yaml</translation>
    </message>
    <message>
        <source>Benchmark profile · %1</source>
        <translation>Benchmark-Profil · %1</translation>
    </message>
    <message>
        <source>Every model × kernels × threads × KV scheme is a lane; every prompt and answer length at every depth a test. A changed profile is no longer marked as unmodified.</source>
        <translation>Jedes Modell × Kernel × Threads × KV-Schema ist eine Bahn; jede Prompt- und Antwortlänge in jeder Tiefe ein Test. Ein geändertes Profil gilt nicht mehr als unverändert.</translation>
    </message>
    <message>
        <source>Profile as YAML</source>
        <translation>Profil als YAML</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>The profile is valid</source>
        <translation>Das Profil ist gültig</translation>
    </message>
    <message>
        <source>Save profile</source>
        <translation>Profil speichern</translation>
    </message>
    <message>
        <source>Profiles (*.yaml)</source>
        <translation>Profile (*.yaml)</translation>
    </message>
    <message>
        <source>Wrote %1</source>
        <translation>Geschrieben: %1</translation>
    </message>
    <message>
        <source>Cannot write %1: %2</source>
        <translation>%1 kann nicht geschrieben werden: %2</translation>
    </message>
</context>
<context>
    <name>ui::PromptDialog</name>
    <message>
        <source>Loading the model to read its prompt format…</source>
        <translation>Das Modell wird geladen, um sein Prompt-Format zu lesen…</translation>
    </message>
    <message>
        <source>Rendered prompt</source>
        <translation>Fertiger Prompt</translation>
    </message>
    <message>
        <source>Token ids</source>
        <translation>Token-Nummern</translation>
    </message>
    <message>
        <source>Rendered prompt · %1</source>
        <translation>Fertiger Prompt · %1</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s), as the model reads them</source>
        <translation>
            <numerusform>%n Token, wie das Modell es liest</numerusform>
            <numerusform>%n Token, wie das Modell sie liest</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::QualityPanel</name>
    <message>
        <source>Perplexity</source>
        <translation>Perplexität</translation>
    </message>
    <message>
        <source>KL to the source</source>
        <translation>KL zur Quelle</translation>
    </message>
    <message>
        <source>Same top token</source>
        <translation>Gleiches erstes Token</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Error of every linear, by layer</source>
        <translation>Fehler jeder Matrix, nach Schicht</translation>
    </message>
    <message>
        <source>%1 % of %2</source>
        <translation>%1 % von %2</translation>
    </message>
    <message>
        <source>Not compared with the source: it has no tokenizer.</source>
        <translation>Nicht mit der Quelle verglichen: sie hat keinen Tokenizer.</translation>
    </message>
    <message>
        <source>Measured on a text that the method has not seen.</source>
        <translation>Gemessen an einem Text, den das Verfahren nicht gesehen hat.</translation>
    </message>
    <message>
        <source>Measured on the text that calibrated it: held-out figures may be worse.</source>
        <translation>Gemessen am Kalibriertext: an fremdem Text können die Werte schlechter sein.</translation>
    </message>
    <message>
        <source>Made by %1 in %2 s, at most %3 of memory.</source>
        <translation>Gemacht mit %1 in %2 s, höchstens %3 Speicher.</translation>
    </message>
    <message>
        <source>Error of the outputs by layer, %</source>
        <translation>Fehler der Ausgaben nach Schicht, %</translation>
    </message>
    <message>
        <source>Error of the weights by layer, %</source>
        <translation>Fehler der Gewichte nach Schicht, %</translation>
    </message>
    <message>
        <source>source %1</source>
        <translation>Quelle %1</translation>
    </message>
    <message>
        <source>nats</source>
        <translation>Nats</translation>
    </message>
    <message>
        <source>p99 %1</source>
        <translation>p99 %1</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n Token</numerusform>
            <numerusform>%n Token</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::QuantizeController</name>
    <message>
        <source>Choose a model first</source>
        <translation>Zuerst ein Modell wählen</translation>
    </message>
    <message>
        <source>The folder holds something already; choose another</source>
        <translation>Der Ordner enthält schon etwas; einen anderen wählen</translation>
    </message>
    <message>
        <source>Stopped; what is finished is kept, and Start goes on with it</source>
        <translation>Angehalten; was fertig ist, bleibt erhalten, und Fortsetzen macht damit weiter</translation>
    </message>
</context>
<context>
    <name>ui::QuantizeDialog</name>
    <message>
        <source>Quantize %1</source>
        <translation>%1 quantisieren</translation>
    </message>
    <message>
        <source>Recipes</source>
        <translation>Rezepte</translation>
    </message>
    <message>
        <source>Calibration text</source>
        <translation>Kalibriertext</translation>
    </message>
    <message>
        <source>the text that comes with the program</source>
        <translation>der Text, der mit dem Programm kommt</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>A UTF-8 text of the kind that the model will meet</source>
        <translation>Ein UTF-8-Text von der Art, die das Modell lesen wird</translation>
    </message>
    <message>
        <source>Windows of calibration text</source>
        <translation>Fenster des Kalibriertexts</translation>
    </message>
    <message>
        <source>Pieces of %1 tokens, at most</source>
        <translation>Stücke von %1 Token, höchstens</translation>
    </message>
    <message>
        <source>Seed of random rotations</source>
        <translation>Startwert der zufälligen Drehungen</translation>
    </message>
    <message>
        <source>Folder of the variant</source>
        <translation>Ordner der Variante</translation>
    </message>
    <message>
        <source>Where the variant&apos;s folder is made</source>
        <translation>Wo der Ordner der Variante entsteht</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>Kalibrierung</translation>
    </message>
    <message>
        <source>Windows</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Every finished layer is kept: a job that is stopped goes on where it was. The dialog may be closed; the job runs on.</source>
        <translation>Jede fertige Schicht bleibt erhalten: Ein angehaltener Lauf macht dort weiter. Das Fenster darf geschlossen werden; der Lauf geht weiter.</translation>
    </message>
    <message>
        <source>Another recipe</source>
        <translation>Anderes Rezept</translation>
    </message>
    <message>
        <source>Compare with the source</source>
        <translation>Mit der Quelle vergleichen</translation>
    </message>
    <message>
        <source>Adds both to the lanes of Compare</source>
        <translation>Fügt beide den Spuren des Vergleichs hinzu</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Texts (*.txt *.md);;All files (*)</source>
        <translation>Texte (*.txt *.md);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>%1 of %2 · working memory %3 · about %4 (guessed from the sizes), then the comparison with the source</source>
        <translation>%1 von %2 · Arbeitsspeicher %3 · etwa %4 (aus den Größen geschätzt), danach der Vergleich mit der Quelle</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird beendet…</translation>
    </message>
    <message>
        <source>%1, %2 left</source>
        <translation>%1, noch %2</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Start</translation>
    </message>
</context>
<context>
    <name>ui::RerunWorker</name>
    <message>
        <source>Measuring again: %1 of %2, %3 %4</source>
        <translation>Misst neu: %1 von %2, %3 %4</translation>
    </message>
</context>
<context>
    <name>ui::ResultsController</name>
    <message>
        <source>These are sample results: measure something to export a report of it</source>
        <translation>Das sind Beispielergebnisse: erst etwas messen, um einen Bericht davon zu exportieren</translation>
    </message>
    <message>
        <source>Nothing to export: check at least one row in the table</source>
        <translation>Nichts zu exportieren: mindestens eine Zeile der Tabelle ankreuzen</translation>
    </message>
    <message>
        <source>%1 holds no runs</source>
        <translation>%1 enthält keine Läufe</translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) imported, tagged #imported</source>
        <translation>
            <numerusform>%n Lauf eingelesen, Schlagwort #imported</numerusform>
            <numerusform>%n Läufe eingelesen, Schlagwort #imported</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>; %n run(s) had been there before</source>
        <translation>
            <numerusform>; %n Lauf war schon da</numerusform>
            <numerusform>; %n Läufe waren schon da</numerusform>
        </translation>
    </message>
    <message>
        <source>Sample results cannot be measured again</source>
        <translation>Beispielergebnisse lassen sich nicht neu messen</translation>
    </message>
    <message>
        <source>A run is being measured again</source>
        <translation>Ein Lauf wird neu gemessen</translation>
    </message>
    <message>
        <source>Reading the models of run %1…</source>
        <translation>Die Modelle von Lauf %1 werden gelesen…</translation>
    </message>
    <message>
        <source>Measuring again…</source>
        <translation>Misst neu…</translation>
    </message>
    <message>
        <source>Measured again as run %1</source>
        <translation>Neu gemessen als Lauf %1</translation>
    </message>
    <message>
        <source>Measured again as run %1, but %2</source>
        <translation>Neu gemessen als Lauf %1, aber %2</translation>
    </message>
    <message>
        <source>These are sample results: they cannot be changed</source>
        <translation>Das sind Beispielergebnisse: Sie lassen sich nicht ändern</translation>
    </message>
</context>
<context>
    <name>ui::ResultsFilterBar</name>
    <message>
        <source>Search runs</source>
        <translation>Läufe durchsuchen</translation>
    </message>
    <message>
        <source>Search…</source>
        <translation>Suchen…</translation>
    </message>
    <message>
        <source>Search model, kernels, prompt, note, tag (Ctrl+F)</source>
        <translation>Sucht Modell, Kernel, Prompt, Notiz, Schlagwort (Strg+F)</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Kernel</source>
        <translation>Kernel</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>Rechner</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>Schlagwort</translation>
    </message>
    <message>
        <source>%1 ▾</source>
        <translation>%1 ▾</translation>
    </message>
    <message>
        <source>Filter by %1</source>
        <translation>Nach %1 filtern</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Date ▾</source>
        <translation>Datum ▾</translation>
    </message>
    <message>
        <source>Filter by date</source>
        <translation>Nach Datum filtern</translation>
    </message>
    <message>
        <source>Last 24 hours</source>
        <translation>Letzte 24 Stunden</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>Letzte 7 Tage</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>Letzte 30 Tage</translation>
    </message>
    <message>
        <source>Last year</source>
        <translation>Letztes Jahr</translation>
    </message>
    <message>
        <source>Show all, or one of them</source>
        <translation>Alle zeigen oder eines davon</translation>
    </message>
    <message>
        <source>Shows %1</source>
        <translation>Zeigt %1</translation>
    </message>
    <message numerus="yes">
        <source>Shows the last %n day(s)</source>
        <translation>
            <numerusform>Zeigt die Läufe von %n Tag</numerusform>
            <numerusform>Zeigt die Läufe der letzten %n Tage</numerusform>
        </translation>
    </message>
    <message>
        <source>Show all, or the newest</source>
        <translation>Alle zeigen oder die neuesten</translation>
    </message>
</context>
<context>
    <name>ui::ResultsPage</name>
    <message>
        <source>Baseline ▾</source>
        <translation>Basis ▾</translation>
    </message>
    <message>
        <source>The run that all others are held against</source>
        <translation>Der Lauf, an dem alle anderen gemessen werden</translation>
    </message>
    <message>
        <source>Import ▾</source>
        <translation>Import ▾</translation>
    </message>
    <message>
        <source>Runs of another machine, or samples</source>
        <translation>Läufe eines anderen Rechners oder Beispiele</translation>
    </message>
    <message>
        <source>Import a report or database…</source>
        <translation>Bericht oder Datenbank einlesen…</translation>
    </message>
    <message>
        <source>Open sample results</source>
        <translation>Beispielergebnisse öffnen</translation>
    </message>
    <message>
        <source>Export ▾</source>
        <translation>Export ▾</translation>
    </message>
    <message>
        <source>Writes the checked runs as a report (Ctrl+S)</source>
        <translation>Schreibt die angekreuzten Läufe als Bericht (Strg+S)</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Ergebnisse</translation>
    </message>
    <message>
        <source>Sample results, made with the demo model: read-only, not your measurements</source>
        <translation>Beispielergebnisse, mit dem Demomodell gemacht: nur zum Lesen, nicht Ihre Messungen</translation>
    </message>
    <message>
        <source>Close sample</source>
        <translation>Beispiel schließen</translation>
    </message>
    <message>
        <source>Back to your own runs</source>
        <translation>Zurück zu den eigenen Läufen</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Stops measuring again; what was measured is kept</source>
        <translation>Beendet das neue Messen; was gemessen wurde, bleibt</translation>
    </message>
    <message>
        <source>No runs yet</source>
        <translation>Noch keine Läufe</translation>
    </message>
    <message>
        <source>Every comparison and benchmark is kept here, with its raw samples.
Compare the demo variants to see the first one.</source>
        <translation>Jeder Vergleich und Benchmark wird hier aufbewahrt, mit seinen Rohwerten.
Ein Vergleich der Demovarianten gibt den ersten.</translation>
    </message>
    <message>
        <source>Go to Compare</source>
        <translation>Zum Vergleich</translation>
    </message>
    <message>
        <source>A read-only example of what this page shows</source>
        <translation>Ein Beispiel zum Lesen dafür, was diese Seite zeigt</translation>
    </message>
    <message>
        <source>Lanes of all runs</source>
        <translation>Bahnen aller Läufe</translation>
    </message>
    <message>
        <source>Wrote %1</source>
        <translation>Geschrieben: %1</translation>
    </message>
    <message>
        <source>None: against the first lane of each run</source>
        <translation>Keine: gegen die erste Bahn jedes Laufs</translation>
    </message>
    <message>
        <source>Run %1 · %2 · %3</source>
        <translation>Lauf %1 · %2 · %3</translation>
    </message>
    <message>
        <source>Import runs</source>
        <translation>Läufe einlesen</translation>
    </message>
    <message>
        <source>Reports and databases (*.json *.html *.sqlite *.db);;All files (*)</source>
        <translation>Berichte und Datenbanken (*.json *.html *.sqlite *.db);;Alle Dateien (*)</translation>
    </message>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>%n Lauf</numerusform>
            <numerusform>%n Läufe</numerusform>
        </translation>
    </message>
    <message>
        <source>Baseline: %1 ▾</source>
        <translation>Basis: %1 ▾</translation>
    </message>
    <message>
        <source>run %1, %2</source>
        <translation>Lauf %1, %2</translation>
    </message>
    <message>
        <source>Run %1 is on the clipboard as Markdown</source>
        <translation>Lauf %1 ist als Markdown in der Zwischenablage</translation>
    </message>
    <message numerus="yes">
        <source>%n sample run(s)</source>
        <translation>
            <numerusform>%n Beispiellauf</numerusform>
            <numerusform>%n Beispielläufe</numerusform>
        </translation>
    </message>
    <message>
        <source>Delete this run?</source>
        <translation>Diesen Lauf löschen?</translation>
    </message>
    <message>
        <source>Run %1 with all its lanes and raw samples goes for good.</source>
        <translation>Lauf %1 verschwindet mit allen Spuren und Messwerten endgültig.</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
</context>
<context>
    <name>ui::ResultsPlot</name>
    <message>
        <source>best trade-offs</source>
        <translation>beste Abwägungen</translation>
    </message>
    <message>
        <source>Click for the raw samples</source>
        <translation>Klick zeigt die Rohwerte</translation>
    </message>
</context>
<context>
    <name>ui::RooflineCard</name>
    <message>
        <source>Copy table</source>
        <translation>Tabelle kopieren</translation>
    </message>
    <message>
        <source>Copies every row, for a spreadsheet</source>
        <translation>Kopiert jede Zeile, für eine Tabellenkalkulation</translation>
    </message>
    <message>
        <source>Roofline</source>
        <translation>Roofline</translation>
    </message>
    <message>
        <source>Progress of the measurement</source>
        <translation>Fortschritt der Messung</translation>
    </message>
    <message>
        <source>How fast could it be?</source>
        <translation>Wie schnell könnte es sein?</translation>
    </message>
    <message>
        <source>Measures how fast this machine reads memory and computes, then times every kernel variant on the shapes of a 1B model.
The plot shows how near each comes to what the machine allows, and whether memory or arithmetic holds it back.
It takes about a minute on one core and up to 2 GiB of memory; end other work first, so that the numbers are fair.</source>
        <translation>Misst, wie schnell dieser Rechner Speicher liest und rechnet, und dann jede Kernel-Variante an den Formen eines 1B-Modells.
Das Diagramm zeigt, wie nah jede dem kommt, was der Rechner erlaubt, und ob Speicher oder Rechnen sie aufhält.
Es dauert etwa eine Minute auf einem Kern und braucht bis zu 2 GiB Speicher; andere Arbeit vorher beenden, damit die Zahlen gerecht sind.</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Messen</translation>
    </message>
    <message>
        <source>Speed of every kernel variant</source>
        <translation>Tempo jeder Kernel-Variante</translation>
    </message>
    <message>
        <source>multiplies in %1 &amp;nbsp;·&amp;nbsp; faint: not in use &amp;nbsp;·&amp;nbsp; above the memory line: data in the caches</source>
        <translation>multipliziert in %1 &amp;nbsp;·&amp;nbsp; blass: nicht in Gebrauch &amp;nbsp;·&amp;nbsp; über der Speicherlinie: Daten in den Caches</translation>
    </message>
    <message>
        <source>Measure again</source>
        <translation>Noch einmal messen</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird beendet…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Takes about a minute</source>
        <translation>Dauert etwa eine Minute</translation>
    </message>
    <message>
        <source>Stop (Esc)</source>
        <translation>Stopp (Esc)</translation>
    </message>
    <message>
        <source>Stopping after the execution in progress…</source>
        <translation>Endet nach der laufenden Ausführung…</translation>
    </message>
    <message>
        <source>Reading memory and computing in registers…</source>
        <translation>Liest Speicher und rechnet in Registern…</translation>
    </message>
    <message>
        <source>%1 of %2 · %3</source>
        <translation>%1 von %2 · %3</translation>
    </message>
    <message numerus="yes">
        <source>%1 · %2 · %n thread(s)</source>
        <translation>
            <numerusform>%1 · %2 · %n Thread</numerusform>
            <numerusform>%1 · %2 · %n Threads</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::RooflineController</name>
    <message>
        <source>The measurement that was kept cannot be read; measure again</source>
        <translation>Die aufbewahrte Messung ist nicht lesbar; noch einmal messen</translation>
    </message>
    <message>
        <source>A measurement is running</source>
        <translation>Eine Messung läuft</translation>
    </message>
    <message>
        <source>Stopped; the earlier measurement is shown</source>
        <translation>Beendet; gezeigt wird die frühere Messung</translation>
    </message>
    <message>
        <source>Stopped before its end</source>
        <translation>Vor dem Ende beendet</translation>
    </message>
</context>
<context>
    <name>ui::RooflinePlot</name>
    <message>
        <source>Roofline</source>
        <translation>Roofline</translation>
    </message>
    <message>
        <source>%1 peak %2 Gop/s · %3</source>
        <translation>%1-Spitze %2 Gop/s · %3</translation>
    </message>
    <message>
        <source>memory %1 GB/s</source>
        <translation>Speicher %1 GB/s</translation>
    </message>
    <message>
        <source>Operations per byte from memory</source>
        <translation>Operationen je Byte aus dem Speicher</translation>
    </message>
    <message>
        <source>Gop/s</source>
        <translation>Gop/s</translation>
    </message>
</context>
<context>
    <name>ui::RunDetails</name>
    <message>
        <source>Pin as baseline</source>
        <translation>Als Basis festlegen</translation>
    </message>
    <message>
        <source>Holds every other run against this one</source>
        <translation>Misst jeden anderen Lauf an diesem</translation>
    </message>
    <message>
        <source>Re-run exactly</source>
        <translation>Genauso wiederholen</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>Als Markdown kopieren</translation>
    </message>
    <message>
        <source>Copies the report of this run, for an issue tracker</source>
        <translation>Kopiert den Bericht dieses Laufs, für ein Ticket</translation>
    </message>
    <message>
        <source>Raw samples…</source>
        <translation>Rohwerte…</translation>
    </message>
    <message>
        <source>Every measured value of this lane</source>
        <translation>Jeder gemessene Wert dieser Bahn</translation>
    </message>
    <message>
        <source>Takes this run and its samples out of the database</source>
        <translation>Nimmt diesen Lauf und seine Rohwerte aus der Datenbank</translation>
    </message>
    <message>
        <source>Close details</source>
        <translation>Einzelheiten schließen</translation>
    </message>
    <message>
        <source>Tags of this run</source>
        <translation>Schlagwörter dieses Laufs</translation>
    </message>
    <message>
        <source>Tags, separated by commas</source>
        <translation>Schlagwörter, durch Kommas getrennt</translation>
    </message>
    <message>
        <source>Note of this run</source>
        <translation>Notiz zu diesem Lauf</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>Lane</source>
        <translation>Bahn</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>Umgebung</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>Profil</translation>
    </message>
    <message>
        <source>Answer of this lane</source>
        <translation>Antwort dieser Bahn</translation>
    </message>
    <message>
        <source>Conditions and metrics of this lane</source>
        <translation>Bedingungen und Werte dieser Bahn</translation>
    </message>
    <message>
        <source>Environment of this run</source>
        <translation>Umgebung dieses Laufs</translation>
    </message>
    <message>
        <source>Profile of this run, as it ran</source>
        <translation>Profil dieses Laufs, wie es lief</translation>
    </message>
    <message>
        <source>Run %1 · %2</source>
        <translation>Lauf %1 · %2</translation>
    </message>
    <message>
        <source>Unpin baseline</source>
        <translation>Basis lösen</translation>
    </message>
    <message>
        <source>No text: this run measured random tokens.</source>
        <translation>Kein Text: Dieser Lauf maß zufällige Token.</translation>
    </message>
    <message>
        <source>Measures the same lanes, tests and seeds again, as a new run</source>
        <translation>Misst dieselben Bahnen, Tests und Seeds noch einmal, als neuen Lauf</translation>
    </message>
    <message>
        <source>Delete run…</source>
        <translation>Lauf löschen …</translation>
    </message>
    <message>
        <source>Sample run %1 · %2</source>
        <translation>Beispiellauf %1 · %2</translation>
    </message>
</context>
<context>
    <name>ui::RunTableModel</name>
    <message>
        <source>%1: %2 prompt, %3 generated, depth %4</source>
        <translation>%1: %2 Prompt, %3 erzeugt, Tiefe %4</translation>
    </message>
    <message>
        <source>n = %1</source>
        <translation>n = %1</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>%1
median of n = %2, %3</source>
        <translation>%1
Median von n = %2, %3</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Start</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>Variante</translation>
    </message>
    <message>
        <source>Kernels · threads</source>
        <translation>Kernel · Threads</translation>
    </message>
    <message>
        <source>TTFT ms</source>
        <translation>TTFT ms</translation>
    </message>
    <message>
        <source>Decode tok/s</source>
        <translation>Decode Tok/s</translation>
    </message>
    <message>
        <source>95 % interval · n</source>
        <translation>95-%-Intervall · n</translation>
    </message>
    <message>
        <source>vs baseline</source>
        <translation>zur Basis</translation>
    </message>
    <message>
        <source>vs reference</source>
        <translation>zur Referenz</translation>
    </message>
    <message>
        <source>Peak memory</source>
        <translation>Spitzenspeicher</translation>
    </message>
    <message>
        <source>J/token</source>
        <translation>J/Token</translation>
    </message>
    <message>
        <source>Tags, note or prompt</source>
        <translation>Schlagwörter, Notiz oder Prompt</translation>
    </message>
</context>
<context>
    <name>ui::SampleTableModel</name>
    <message>
        <source>warm-up</source>
        <translation>Aufwärmen</translation>
    </message>
    <message>
        <source>%1, prompt %2, generate %3, depth %4</source>
        <translation>%1, Prompt %2, erzeugt %3, Tiefe %4</translation>
    </message>
    <message>
        <source>Repetition</source>
        <translation>Wiederholung</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Test</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>Einheit</translation>
    </message>
    <message>
        <source>Measured at (UTC)</source>
        <translation>Gemessen um (UTC)</translation>
    </message>
</context>
<context>
    <name>ui::SamplesDialog</name>
    <message>
        <source>Raw samples · %1</source>
        <translation>Rohwerte · %1</translation>
    </message>
    <message numerus="yes">
        <source>%n sample(s), as they were measured</source>
        <translation>
            <numerusform>%n Wert, wie er gemessen wurde</numerusform>
            <numerusform>%n Werte, wie sie gemessen wurden</numerusform>
        </translation>
    </message>
    <message>
        <source>Raw samples</source>
        <translation>Rohwerte</translation>
    </message>
    <message>
        <source>Copy all</source>
        <translation>Alles kopieren</translation>
    </message>
    <message>
        <source>Copies the table with tabs between columns, for a spreadsheet</source>
        <translation>Kopiert die Tabelle mit Tabulatoren zwischen den Spalten, für eine Tabellenkalkulation</translation>
    </message>
</context>
<context>
    <name>ui::SettingsDialog</name>
    <message>
        <source>In use from the next start on</source>
        <translation>Gilt ab dem nächsten Start</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Threads</translation>
    </message>
    <message>
        <source>Of chats and comparisons, from the next time a model is loaded on; benchmarks follow their profile</source>
        <translation>Für Chats und Vergleiche, ab dem nächsten Laden eines Modells; Benchmarks folgen ihrem Profil</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Kontext</translation>
    </message>
    <message>
        <source>Tokens; a larger one takes more memory. A chat keeps its own where it was made larger</source>
        <translation>Token; ein größerer braucht mehr Speicher. Ein Chat behält seinen eigenen, wo er vergrößert wurde</translation>
    </message>
    <message>
        <source>Database</source>
        <translation>Datenbank</translation>
    </message>
    <message>
        <source>Another one: start with --database FILE</source>
        <translation>Eine andere: mit --database DATEI starten</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>as the desktop</source>
        <translation>wie der Desktop</translation>
    </message>
    <message>
        <source>light</source>
        <translation>hell</translation>
    </message>
    <message>
        <source>dark</source>
        <translation>dunkel</translation>
    </message>
    <message>
        <source>as the system</source>
        <translation>wie das System</translation>
    </message>
    <message>
        <source>one per fast core</source>
        <translation>einer je schnellem Kern</translation>
    </message>
    <message>
        <source>the model&apos;s own</source>
        <translation>der des Modells</translation>
    </message>
</context>
<context>
    <name>ui::SizeTreemap</name>
    <message>
        <source>Layer %1</source>
        <translation>Schicht %1</translation>
    </message>
    <message>
        <source>Sizes of the tensors</source>
        <translation>Größen der Tensoren</translation>
    </message>
    <message>
        <source>%1
%2 · %3
%4, %5 % of the file</source>
        <translation>%1
%2 · %3
%4, %5 % der Datei</translation>
    </message>
</context>
<context>
    <name>ui::StandingsModel</name>
    <message>
        <source>%1 % [%2–%3 %]</source>
        <translation>%1 % [%2–%3 %]</translation>
    </message>
    <message>
        <source>%1 (%2 blind)</source>
        <translation>%1 (%2 blind)</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>Variante</translation>
    </message>
    <message>
        <source>Votes</source>
        <translation>Wahlen</translation>
    </message>
    <message>
        <source>Wins</source>
        <translation>Siege</translation>
    </message>
    <message>
        <source>Losses</source>
        <translation>Niederlagen</translation>
    </message>
    <message>
        <source>Ties</source>
        <translation>Gleichstände</translation>
    </message>
    <message>
        <source>All bad</source>
        <translation>Alle schlecht</translation>
    </message>
    <message>
        <source>Win rate [95 %]</source>
        <translation>Siegquote [95 %]</translation>
    </message>
    <message>
        <source>By chance</source>
        <translation>Durch Zufall</translation>
    </message>
</context>
<context>
    <name>ui::StatusStrip</name>
    <message numerus="yes">
        <source>%1 · %n thread(s)</source>
        <translation>
            <numerusform>%1 · %n Thread</numerusform>
            <numerusform>%1 · %n Threads</numerusform>
        </translation>
    </message>
    <message>
        <source>%1
Instructions: %2</source>
        <translation>%1
Befehlssätze: %2</translation>
    </message>
    <message>
        <source>RAM %1 of %2 GiB</source>
        <translation>RAM %1 von %2 GiB</translation>
    </message>
    <message>
        <source>available</source>
        <translation>verfügbar</translation>
    </message>
    <message>
        <source>an estimate, made when asked for</source>
        <translation>eine Schätzung, auf Verlangen</translation>
    </message>
    <message>
        <source>Energy: no meter</source>
        <translation>Energie: kein Zähler</translation>
    </message>
    <message>
        <source>Energy: %1</source>
        <translation>Energie: %1</translation>
    </message>
    <message numerus="yes">
        <source>%1 · %n run(s)</source>
        <translation>
            <numerusform>%1 · %n Lauf</numerusform>
            <numerusform>%1 · %n Läufe</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::StorageCard</name>
    <message>
        <source>Check</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>SQLite&apos;s integrity check, beside what is written</source>
        <translation>Die Integritätsprüfung von SQLite, neben dem, was geschrieben wird</translation>
    </message>
    <message>
        <source>Back up…</source>
        <translation>Sichern…</translation>
    </message>
    <message>
        <source>Writes a consistent copy to a file; chats and runs may go on</source>
        <translation>Schreibt eine stimmige Kopie in eine Datei; Chats und Läufe dürfen weitergehen</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Stop (Esc)</source>
        <translation>Stopp (Esc)</translation>
    </message>
    <message>
        <source>Database</source>
        <translation>Datenbank</translation>
    </message>
    <message>
        <source>Check the database</source>
        <translation>Datenbank prüfen</translation>
    </message>
    <message>
        <source>Back up the database</source>
        <translation>Datenbank sichern</translation>
    </message>
    <message>
        <source>Progress of the check or backup</source>
        <translation>Fortschritt der Prüfung oder Sicherung</translation>
    </message>
    <message>
        <source>SQLite databases (*.sqlite)</source>
        <translation>SQLite-Datenbanken (*.sqlite)</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird beendet…</translation>
    </message>
    <message>
        <source>%1, %2 of it free</source>
        <translation>%1, davon %2 frei</translation>
    </message>
</context>
<context>
    <name>ui::SystemPage</name>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>Rechner</translation>
    </message>
    <message>
        <source>Kernels</source>
        <translation>Kernel</translation>
    </message>
    <message>
        <source>Roofline</source>
        <translation>Roofline</translation>
    </message>
    <message>
        <source>Storage and messages</source>
        <translation>Daten und Meldungen</translation>
    </message>
</context>
<context>
    <name>ui::TensorPanel</name>
    <message>
        <source>Filter tensors</source>
        <translation>Tensoren filtern</translation>
    </message>
    <message>
        <source>Filter by name, shape or scheme…</source>
        <translation>Nach Name, Form oder Schema filtern…</translation>
    </message>
    <message>
        <source>Tensors of the model</source>
        <translation>Tensoren des Modells</translation>
    </message>
    <message>
        <source>Choose a tensor to see its values</source>
        <translation>Einen Tensor wählen, um seine Werte zu sehen</translation>
    </message>
    <message>
        <source>Stored</source>
        <translation>Gespeichert</translation>
    </message>
    <message>
        <source>The numbers in the file: codes of quantized weights</source>
        <translation>Die Zahlen in der Datei: Codes quantisierter Gewichte</translation>
    </message>
    <message>
        <source>Dequantized</source>
        <translation>Dequantisiert</translation>
    </message>
    <message>
        <source>Codes times their scales: what the model computes with</source>
        <translation>Codes mal ihre Skalen: womit das Modell rechnet</translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s)</source>
        <translation>
            <numerusform>%n Tensor</numerusform>
            <numerusform>%n Tensoren</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n tensor(s)</source>
        <translation>
            <numerusform>%1 von %n Tensor</numerusform>
            <numerusform>%1 von %n Tensoren</numerusform>
        </translation>
    </message>
    <message>
        <source>Reading the values…</source>
        <translation>Die Werte werden gelesen…</translation>
    </message>
    <message>
        <source>mean %1 · deviation %2
%3 values, %4 % exactly zero</source>
        <translation>Mittel %1 · Abweichung %2
%3 Werte, %4 % genau null</translation>
    </message>
    <message>
        <source>
%1 values are infinite or no numbers</source>
        <translation>
%1 Werte sind unendlich oder keine Zahlen</translation>
    </message>
</context>
<context>
    <name>ui::TensorTableModel</name>
    <message>
        <source>Tensor</source>
        <translation>Tensor</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>Scheme</source>
        <translation>Schema</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>Bytes</translation>
    </message>
    <message>
        <source>Bits/weight</source>
        <translation>Bit/Gewicht</translation>
    </message>
    <message>
        <source>In memory</source>
        <translation>Im Speicher</translation>
    </message>
    <message>
        <source>As the file stores it</source>
        <translation>Wie die Datei ihn speichert</translation>
    </message>
    <message>
        <source>In the file, without scales</source>
        <translation>In der Datei, ohne Skalen</translation>
    </message>
    <message>
        <source>In the file, with the scales that belong to the tensor</source>
        <translation>In der Datei, mit den Skalen, die zum Tensor gehören</translation>
    </message>
    <message>
        <source>Packed for the kernels that this machine uses</source>
        <translation>Gepackt für die Kernel, die dieser Rechner benutzt</translation>
    </message>
</context>
<context>
    <name>ui::TokenLegend</name>
    <message>
        <source>Probability that the reference gave each token</source>
        <translation>Wahrscheinlichkeit, die die Referenz jedem Token gab</translation>
    </message>
    <message>
        <source>first divergence</source>
        <translation>erste Abweichung</translation>
    </message>
    <message>
        <source>Point at a token, or move the caret to it, for its numbers</source>
        <translation>Auf ein Token zeigen oder die Schreibmarke darauf setzen, um seine Zahlen zu sehen</translation>
    </message>
</context>
<context>
    <name>ui::ToolCallCard</name>
    <message>
        <source>Send result</source>
        <translation>Ergebnis senden</translation>
    </message>
    <message>
        <source>Gives the model what the function returned</source>
        <translation>Gibt dem Modell, was die Funktion lieferte</translation>
    </message>
    <message>
        <source>Nothing is executed here. Run it yourself and give the result.</source>
        <translation>Hier wird nichts ausgeführt. Selbst ausführen und das Ergebnis eintragen.</translation>
    </message>
    <message>
        <source>Asks for</source>
        <translation>Fragt nach</translation>
    </message>
    <message>
        <source>without arguments</source>
        <translation>ohne Argumente</translation>
    </message>
    <message>
        <source>Result of %1</source>
        <translation>Ergebnis von %1</translation>
    </message>
    <message>
        <source>What the function gave</source>
        <translation>Was die Funktion lieferte</translation>
    </message>
</context>
<context>
    <name>ui::ToolsDialog</name>
    <message>
        <source>in the system prompt</source>
        <translation>im System-Prompt</translation>
    </message>
    <message>
        <source>around the question</source>
        <translation>um die Frage herum</translation>
    </message>
    <message>
        <source>Functions the model may ask for</source>
        <translation>Funktionen, nach denen das Modell fragen darf</translation>
    </message>
    <message>
        <source>A JSON array of functions. The model may answer with a call; nothing is executed: you read the call and give it the result.</source>
        <translation>Ein JSON-Array von Funktionen. Das Modell kann mit einem Aufruf antworten; nichts wird ausgeführt: Sie lesen den Aufruf und geben ihm das Ergebnis.</translation>
    </message>
    <message>
        <source>Function definitions</source>
        <translation>Funktionsdefinitionen</translation>
    </message>
    <message>
        <source>Insert an example</source>
        <translation>Beispiel einfügen</translation>
    </message>
    <message>
        <source>Written</source>
        <translation>Geschrieben</translation>
    </message>
    <message>
        <source>Use these</source>
        <translation>Diese nehmen</translation>
    </message>
    <message>
        <source>No functions: the model answers with text alone</source>
        <translation>Keine Funktionen: Das Modell antwortet nur mit Text</translation>
    </message>
    <message>
        <source>✓ %1</source>
        <translation>✓ %1</translation>
    </message>
</context>
<context>
    <name>ui::TopologyCard</name>
    <message>
        <source>Reading the topology…</source>
        <translation>Die Topologie wird gelesen…</translation>
    </message>
    <message>
        <source>CPU topology</source>
        <translation>CPU-Topologie</translation>
    </message>
</context>
<context>
    <name>ui::TopologyView</name>
    <message>
        <source>NUMA node %1, %2</source>
        <translation>NUMA-Knoten %1, %2</translation>
    </message>
    <message>
        <source>Package %1</source>
        <translation>Package %1</translation>
    </message>
    <message>
        <source>L%1 cache, %2</source>
        <translation>L%1-Cache, %2</translation>
    </message>
    <message>
        <source>L%1 %2</source>
        <translation>L%1 %2</translation>
    </message>
    <message>
        <source>Core %1</source>
        <translation>Kern %1</translation>
    </message>
    <message>
        <source>Core %1, %2</source>
        <translation>Kern %1, %2</translation>
    </message>
    <message>
        <source>hardware threads %1</source>
        <translation>Hardware-Threads %1</translation>
    </message>
    <message>
        <source>Hardware thread %1</source>
        <translation>Hardware-Thread %1</translation>
    </message>
    <message>
        <source>not for this program</source>
        <translation>nicht für dieses Programm</translation>
    </message>
    <message>
        <source>performance</source>
        <translation>schnell</translation>
    </message>
    <message>
        <source>efficient</source>
        <translation>sparsam</translation>
    </message>
    <message>
        <source>between</source>
        <translation>dazwischen</translation>
    </message>
    <message numerus="yes">
        <source>%n package(s)</source>
        <translation>
            <numerusform>%n Package</numerusform>
            <numerusform>%n Packages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n core(s)</source>
        <translation>
            <numerusform>%n Kern</numerusform>
            <numerusform>%n Kerne</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hardware thread(s)</source>
        <translation>
            <numerusform>%n Hardware-Thread</numerusform>
            <numerusform>%n Hardware-Threads</numerusform>
        </translation>
    </message>
    <message>
        <source>L%1 %2 × %3</source>
        <translation>L%1 %2 × %3</translation>
    </message>
    <message numerus="yes">
        <source>%n NUMA node(s)</source>
        <translation>
            <numerusform>%n NUMA-Knoten</numerusform>
            <numerusform>%n NUMA-Knoten</numerusform>
        </translation>
    </message>
    <message>
        <source>CPU topology</source>
        <translation>CPU-Topologie</translation>
    </message>
</context>
<context>
    <name>ui::UpkeepController</name>
    <message>
        <source>The database is intact</source>
        <translation>Die Datenbank ist in Ordnung</translation>
    </message>
    <message>
        <source>The database is damaged: back it up, then move it away and start anew.
%1</source>
        <translation>Die Datenbank ist beschädigt: sichern, dann beiseitelegen und neu beginnen.
%1</translation>
    </message>
    <message>
        <source>Backed up to %1, and the copy is intact</source>
        <translation>Gesichert nach %1, und die Kopie ist in Ordnung</translation>
    </message>
    <message>
        <source>Stopped before its end</source>
        <translation>Vor dem Ende beendet</translation>
    </message>
</context>
<context>
    <name>ui::VariantPoints</name>
    <message>
        <source>%1: %2 MiB, KL %3 nats per token</source>
        <translation>%1: %2 MiB, KL %3 Nats pro Token</translation>
    </message>
    <message>
        <source>Size and loss of the variants</source>
        <translation>Größe und Verlust der Varianten</translation>
    </message>
    <message>
        <source>nats per token, lower is better</source>
        <translation>Nats pro Token, weniger ist besser</translation>
    </message>
    <message>
        <source>weights, MiB (lower is better)</source>
        <translation>Gewichte, MiB (weniger ist besser)</translation>
    </message>
    <message>
        <source>KL to the source</source>
        <translation>KL zur Quelle</translation>
    </message>
    <message>
        <source>No variant of this model has been made here yet</source>
        <translation>Von diesem Modell wurde hier noch keine Variante gemacht</translation>
    </message>
    <message>
        <source>source</source>
        <translation>Quelle</translation>
    </message>
</context>
<context>
    <name>ui::VariantQuality</name>
    <message>
        <source>What a variant lost is shown here once it has been made by this program:
press Quantize… beside a BF16, F16 or F32 model.</source>
        <translation>Was eine Variante verloren hat, steht hier, sobald dieses Programm sie gemacht hat:
Quantisieren… neben einem BF16-, F16- oder F32-Modell drücken.</translation>
    </message>
    <message>
        <source>Variants by size and loss</source>
        <translation>Varianten nach Größe und Verlust</translation>
    </message>
</context>
<context>
    <name>ui::VoteBar</name>
    <message>
        <source>Which is best?</source>
        <translation>Welche ist die beste?</translation>
    </message>
    <message>
        <source>Tie</source>
        <translation>Gleichstand</translation>
    </message>
    <message>
        <source>The best answers are equally good</source>
        <translation>Die besten Antworten sind gleich gut</translation>
    </message>
    <message>
        <source>All bad</source>
        <translation>Alle schlecht</translation>
    </message>
    <message>
        <source>No answer is any good</source>
        <translation>Keine Antwort taugt etwas</translation>
    </message>
    <message>
        <source>Reveal</source>
        <translation>Aufdecken</translation>
    </message>
    <message>
        <source>Shows which lane is which; a vote after it is not blind</source>
        <translation>Zeigt, welche Spur welche ist; eine Wahl danach ist nicht mehr blind</translation>
    </message>
    <message>
        <source>tie</source>
        <translation>Gleichstand</translation>
    </message>
    <message>
        <source>all bad</source>
        <translation>alle schlecht</translation>
    </message>
    <message>
        <source>a lane</source>
        <translation>eine Spur</translation>
    </message>
    <message>
        <source>Your vote: %1 = %2</source>
        <translation>Ihre Wahl: %1 = %2</translation>
    </message>
    <message>
        <source>Your vote: %1</source>
        <translation>Ihre Wahl: %1</translation>
    </message>
    <message>
        <source> · blind</source>
        <translation> · blind</translation>
    </message>
    <message>
        <source> · names known</source>
        <translation> · Namen bekannt</translation>
    </message>
    <message>
        <source>%1 is best</source>
        <translation>%1 ist am besten</translation>
    </message>
    <message>
        <source>%1 is the best answer</source>
        <translation>%1 ist die beste Antwort</translation>
    </message>
</context>
<context>
    <name>ui::Workbench</name>
    <message>
        <source>Wait until the comparison has ended</source>
        <translation>Warten, bis der Vergleich zu Ende ist</translation>
    </message>
    <message>
        <source>Wait until the answer is written</source>
        <translation>Warten, bis die Antwort geschrieben ist</translation>
    </message>
    <message>
        <source>Wait until the roofline is measured</source>
        <translation>Warten, bis die Roofline gemessen ist</translation>
    </message>
    <message>
        <source>Wait until the benchmark has ended</source>
        <translation>Warten, bis der Benchmark zu Ende ist</translation>
    </message>
    <message>
        <source>Wait until the run is measured again</source>
        <translation>Warten, bis der Lauf neu gemessen ist</translation>
    </message>
    <message>
        <source>Wait until the kernels are tested</source>
        <translation>Warten, bis die Kernel geprüft sind</translation>
    </message>
    <message>
        <source>Wait until the variant is made</source>
        <translation>Warten, bis die Variante gemacht ist</translation>
    </message>
    <message>
        <source>Wait until the training has ended, or stop it</source>
        <translation>Warten, bis das Training endet, oder es anhalten</translation>
    </message>
</context>
</TS>
