#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>
#include <string>

/// A folder that stands for "/" with just the kernel's files that a test writes.
class FakeSystem {
public:
    FakeSystem() {
        std::filesystem::permissions(root(), std::filesystem::perms(0755));
    }  // WithoutPrivileges reads it, too

    std::string root() const { return folder_.path().toStdString(); }
    std::filesystem::path path(const std::string& file) const { return std::filesystem::path(root()) / file; }

    /// Replaces the file at once: a meter that reads meanwhile sees the old or the new text.
    void write(const std::string& file, const std::string& text) const {
        const auto target = path(file);
        std::filesystem::create_directories(target.parent_path());
        const auto part = target.string() + ".part";
        std::ofstream(part) << text << '\n';
        std::filesystem::rename(part, target);
    }
    void write(const std::string& file, std::uint64_t value) const { write(file, std::to_string(value)); }
    void remove(const std::string& file) const { std::filesystem::remove_all(path(file)); }
    void forbid(const std::string& file) const { ::chmod(path(file).c_str(), 0); }

    /// A powercap zone: folder name, domain name, microjoules and the value at which the counter starts
    /// again.
    void raplZone(const std::string& folder, const std::string& name, std::uint64_t microjoules,
                  std::uint64_t range = 262'143'328'850) const {
        const auto zone = "sys/class/powercap/" + folder + "/";
        write(zone + "name", name);
        write(zone + "max_energy_range_uj", range);
        write(zone + "energy_uj", microjoules);
    }
    void setRapl(const std::string& folder, std::uint64_t microjoules) const {
        write("sys/class/powercap/" + folder + "/energy_uj", microjoules);
    }

private:
    QTemporaryDir folder_;
};

/// Root may read everything, so a test of refused permission does it as "nobody" while this lives.
class WithoutPrivileges {
public:
    WithoutPrivileges() {
        if (::geteuid() == 0)
            changed_ = ::seteuid(65534) == 0;
    }
    ~WithoutPrivileges() {
        if (changed_ && ::seteuid(0) != 0)
            std::abort();
    }
    WithoutPrivileges(const WithoutPrivileges&) = delete;
    WithoutPrivileges& operator=(const WithoutPrivileges&) = delete;
    bool privileged() const { return ::geteuid() == 0; }

private:
    bool changed_ = false;
};
