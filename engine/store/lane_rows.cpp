// Lanes with their samples and energy readings.
#include "engine/store/store_state.h"

namespace engine {
namespace {

constexpr const char* kInsertSample =
    "INSERT INTO sample (lane_id, repetition, test, prompt, generate, depth, metric, unit, value, "
    "measured_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

void bindSample(sqlite::Statement& insert, const SampleRow& sample) {
    insert.bind(sample.laneId)
        .bind(sample.repetition)
        .bind(sample.test)
        .bind(sample.prompt)
        .bind(sample.generate);
    insert.bind(sample.depth)
        .bind(sample.metric)
        .bind(sample.unit)
        .bind(sample.value)
        .bind(sample.measuredAt);
}

/// The columns that addLane and updateLane both write, after the run's id.
void bindLane(sqlite::Statement& statement, const LaneRow& lane, std::int64_t variant) {
    statement.bind(lane.position)
        .bind(lane.name)
        .bind(variant)
        .bind(lane.kernelSpec)
        .bind(lane.kernelPlan)
        .bind(lane.settings);
    statement.bind(lane.threads)
        .bind(lane.kv)
        .bind(lane.status)
        .bind(lane.error)
        .bind(lane.text)
        .bind(lane.tokens);
    statement.bind(lane.finishReason);
}

LaneRow laneFrom(const sqlite::Statement& row) {
    LaneRow lane;
    lane.id = row.integer(0);
    lane.runId = row.integer(1);
    lane.position = static_cast<int>(row.integer(2));
    lane.name = row.text(3);
    lane.modelPath = row.text(4);
    lane.modelName = row.text(5);
    lane.variant = row.text(6);
    lane.format = row.text(7);
    lane.digest = row.text(8);
    lane.kernelSpec = row.text(9);
    lane.kernelPlan = row.text(10);
    lane.settings = row.text(11);
    lane.threads = static_cast<int>(row.integer(12));
    lane.kv = row.text(13);
    lane.status = row.text(14);
    lane.error = row.text(15);
    lane.text = row.text(16);
    lane.tokens = row.text(17);
    lane.finishReason = row.text(18);
    return lane;
}

SampleRow sampleFrom(const sqlite::Statement& row) {
    SampleRow sample;
    sample.id = row.integer(0);
    sample.laneId = row.integer(1);
    sample.repetition = static_cast<int>(row.integer(2));
    sample.test = row.text(3);
    sample.prompt = row.integer(4);
    sample.generate = row.integer(5);
    sample.depth = row.integer(6);
    sample.metric = row.text(7);
    sample.unit = row.text(8);
    sample.value = row.real(9);
    sample.measuredAt = row.text(10);
    return sample;
}

EnergyRow energyFrom(const sqlite::Statement& row) {
    EnergyRow energy;
    energy.id = row.integer(0);
    energy.laneId = row.integer(1);
    energy.repetition = static_cast<int>(row.integer(2));
    energy.joules = row.optionalReal(3);
    energy.joulesPerToken = row.optionalReal(4);
    energy.source = row.text(5);
    energy.provenance = row.text(6);
    energy.reason = row.text(7);
    return energy;
}

/// All rows of a query with one id as its parameter.
template <class Row>
Result<std::vector<Row>> select(const sqlite::Connection& connection, const char* sql, std::int64_t id,
                                Row (*from)(const sqlite::Statement&)) {
    sqlite::Statement statement(connection, sql);
    statement.bind(id);
    std::vector<Row> rows;
    for (;;) {
        auto row = statement.step();
        if (!row)
            return row.error();
        if (!*row)
            return rows;
        rows.push_back(from(statement));
    }
}

}  // namespace

Result<std::int64_t> Store::State::variantOf(const LaneRow& lane) {
    auto model = idOf("model", {"name"}, {lane.modelName});
    if (!model)
        return model.error();
    return idOf("variant", {"model_id", "name", "format", "path", "digest"},
                {std::to_string(*model), lane.variant, lane.format, lane.modelPath, lane.digest});
}

Result<std::int64_t> Store::addLane(const LaneRow& lane) {
    auto transaction = sqlite::Transaction::begin(state_->connection);
    if (!transaction)
        return transaction.error();
    auto variant = state_->variantOf(lane);
    if (!variant)
        return variant.error();
    sqlite::Statement insert(
        state_->connection,
        "INSERT INTO lane (run_id, position, name, variant_id, kernel_spec, kernel_plan, settings, threads, "
        "kv, "
        "status, error, text, tokens, finish_reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert.bind(lane.runId);
    bindLane(insert, lane, *variant);
    if (auto done = insert.run(); !done)
        return done.error();
    const auto id = state_->connection.lastId();
    if (auto done = transaction->commit(); !done)
        return done.error();
    return id;
}

Result<void> Store::updateLane(const LaneRow& lane) {
    auto transaction = sqlite::Transaction::begin(state_->connection);
    if (!transaction)
        return transaction.error();
    auto variant = state_->variantOf(lane);
    if (!variant)
        return variant.error();
    sqlite::Statement update(
        state_->connection,
        "UPDATE lane SET position = ?, name = ?, variant_id = ?, kernel_spec = ?, kernel_plan = ?, settings "
        "= ?, "
        "threads = ?, kv = ?, status = ?, error = ?, text = ?, tokens = ?, finish_reason = ? WHERE id = ?");
    bindLane(update, lane, *variant);
    update.bind(lane.id);
    if (auto done = update.run(); !done)
        return done;
    return transaction->commit();
}

Result<std::vector<LaneRow>> Store::lanes(std::int64_t runId) {
    return select<LaneRow>(
        state_->connection,
        "SELECT lane.id, run_id, position, lane.name, variant.path, model.name, variant.name, "
        "variant.format, "
        "variant.digest, kernel_spec, kernel_plan, settings, threads, kv, status, error, text, tokens, "
        "finish_reason "
        "FROM lane JOIN variant ON variant.id = lane.variant_id JOIN model ON model.id = variant.model_id "
        "WHERE run_id = ? ORDER BY position, lane.id",
        runId, laneFrom);
}

Result<std::int64_t> Store::addSample(const SampleRow& sample) {
    sqlite::Statement insert(state_->connection, kInsertSample);
    bindSample(insert, sample);
    if (auto done = insert.run(); !done)
        return done.error();
    return state_->connection.lastId();
}

Result<void> Store::addSamples(const std::vector<SampleRow>& samples) {
    auto transaction = sqlite::Transaction::begin(state_->connection);
    if (!transaction)
        return transaction.error();
    sqlite::Statement insert(state_->connection, kInsertSample);
    for (const auto& sample : samples) {
        insert.reset();
        bindSample(insert, sample);
        if (auto done = insert.run(); !done)
            return done;
    }
    insert.reset();
    return transaction->commit();
}

Result<std::vector<SampleRow>> Store::samples(std::int64_t laneId) {
    return select<SampleRow>(state_->connection,
                             "SELECT id, lane_id, repetition, test, prompt, generate, depth, metric, unit, "
                             "value, measured_at FROM sample "
                             "WHERE lane_id = ? ORDER BY id",
                             laneId, sampleFrom);
}

Result<std::int64_t> Store::addEnergy(const EnergyRow& reading) {
    sqlite::Statement insert(state_->connection,
                             "INSERT INTO energy_reading (lane_id, repetition, joules, joules_per_token, "
                             "source, provenance, reason) "
                             "VALUES (?, ?, ?, ?, ?, ?, ?)");
    insert.bind(reading.laneId).bind(reading.repetition).bind(reading.joules).bind(reading.joulesPerToken);
    insert.bind(reading.source).bind(reading.provenance).bind(reading.reason);
    if (auto done = insert.run(); !done)
        return done.error();
    return state_->connection.lastId();
}

Result<std::vector<EnergyRow>> Store::energy(std::int64_t laneId) {
    return select<EnergyRow>(state_->connection,
                             "SELECT id, lane_id, repetition, joules, joules_per_token, source, provenance, "
                             "reason FROM energy_reading "
                             "WHERE lane_id = ? ORDER BY id",
                             laneId, energyFrom);
}

}  // namespace engine
