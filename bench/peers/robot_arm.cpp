#include <cmath>

#include "ad_tools.hpp"
#include "problems.hpp"

namespace {

/// Position and angles of the hand of a robot with six joints, by Denavit and Hartenberg's link matrices.
struct RobotArm {
    static constexpr int n = 6, m = 6;
    double length[n] = {0.01, -0.425, -0.39225, 0.003, -0.002, 0.001};
    double offset[n] = {0.089159, 0.004, -0.003, 0.10915, 0.09465, 0.0823};
    double ca[n], sa[n];

    RobotArm() {
        const double twist[n] = {1.5608, 0.02, -0.013, 1.5808, -1.5658, 0.007};
        for (int k = 0; k < n; k++) {
            ca[k] = std::cos(twist[k]);
            sa[k] = std::sin(twist[k]);
        }
    }

    /// Rotation r and position p after one more joint.
    template <class T>
    void link(int k, const T& c, const T& s, T r[3][3], T p[3]) const {
        for (int i = 0; i < 3; i++) {
            const T along = r[i][0] * c + r[i][1] * s, across = r[i][1] * c - r[i][0] * s, up = r[i][2];
            r[i][0] = along;
            r[i][1] = across * ca[k] + up * sa[k];
            r[i][2] = up * ca[k] - across * sa[k];
            p[i] = p[i] + along * length[k] + up * offset[k];
        }
    }

    template <class T>
    static void first(int k, const RobotArm& arm, const T& c, const T& s, T r[3][3], T p[3]) {
        r[0][0] = c, r[0][1] = -s * arm.ca[k], r[0][2] = s * arm.sa[k];
        r[1][0] = s, r[1][1] = c * arm.ca[k], r[1][2] = -c * arm.sa[k];
        r[2][0] = T(0.0), r[2][1] = T(arm.sa[k]), r[2][2] = T(arm.ca[k]);
        p[0] = c * arm.length[k], p[1] = s * arm.length[k], p[2] = T(arm.offset[k]);
    }

    template <class T>
    void value(const T* x, T* y) const {
        using std::asin, std::atan2, std::cos, std::sin;
        T r[3][3], p[3];
        first<T>(0, *this, cos(x[0]), sin(x[0]), r, p);
        for (int k = 1; k < n; k++) link<T>(k, cos(x[k]), sin(x[k]), r, p);
        y[0] = p[0];
        y[1] = p[1];
        y[2] = p[2];
        y[3] = atan2(r[2][1], r[2][2]);
        y[4] = asin(-r[2][0]);
        y[5] = atan2(r[1][0], r[0][0]);
    }
};

__attribute__((noinline)) void value(const RobotArm& arm, const double* x, double* y) { arm.value(x, y); }

/// The geometric Jacobian: joint k turns the hand around its axis, so the position moves by axis × (hand − joint) and the rotation's columns by axis × column.
__attribute__((noinline)) void jacobian(const RobotArm& arm, const double* x, double* entries) {
    constexpr int n = RobotArm::n;
    double axis[n][3] = {{0, 0, 1}}, joint[n][3] = {{0, 0, 0}}, r[3][3], p[3];
    RobotArm::first<double>(0, arm, std::cos(x[0]), std::sin(x[0]), r, p);
    for (int k = 1; k < n; k++) {
        for (int i = 0; i < 3; i++) {
            axis[k][i] = r[i][2];
            joint[k][i] = p[i];
        }
        arm.link<double>(k, std::cos(x[k]), std::sin(x[k]), r, p);
    }
    const double roll = 1 / (r[2][1] * r[2][1] + r[2][2] * r[2][2]), pitch = 1 / std::sqrt(1 - r[2][0] * r[2][0]);
    const double yaw = 1 / (r[1][0] * r[1][0] + r[0][0] * r[0][0]);
    // The first joint turns about the vertical: height, roll and pitch do not depend on it, and have five entries a row.
    double* rows[6] = {entries, entries + 6, entries + 12 - 1, entries + 17 - 1, entries + 22 - 1, entries + 27};
    for (int k = 0; k < n; k++) {
        const double *z = axis[k], *o = joint[k];
        const double d[3] = {p[0] - o[0], p[1] - o[1], p[2] - o[2]};
        rows[0][k] = z[1] * d[2] - z[2] * d[1];
        rows[1][k] = z[2] * d[0] - z[0] * d[2];
        const double r00 = z[1] * r[2][0] - z[2] * r[1][0], r10 = z[2] * r[0][0] - z[0] * r[2][0];
        rows[5][k] = (r[0][0] * r10 - r[1][0] * r00) * yaw;
        if (k == 0) continue;
        rows[2][k] = z[0] * d[1] - z[1] * d[0];
        const double r20 = z[0] * r[1][0] - z[1] * r[0][0], r21 = z[0] * r[1][1] - z[1] * r[0][1], r22 = z[0] * r[1][2] - z[1] * r[0][2];
        rows[3][k] = (r[2][2] * r21 - r[2][1] * r22) * roll;
        rows[4][k] = -r20 * pitch;
    }
}

}  // namespace

void robot_arm(Report& report) {
    const std::vector<double> start{0.3, -1.1, 0.9, -0.4, 0.7, 0.2};
    const Numbers x(start);
    const RobotArm arm;
    Numbers y(6, Place::values), entries(33, Place::entries);
    report.measure("F", y.data(), y.size(), [&] { value(arm, x.data(), y.data()); });
    report.measure("J", entries.data(), entries.size(), [&] { jacobian(arm, x.data(), entries.data()); });
    dense_tools<6>(report, arm, start);
}
