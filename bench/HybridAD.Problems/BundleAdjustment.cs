using static HybridAD.Real;

namespace HybridAD.Problems;

/// <summary>
/// Bundle adjustment: for every observation of a point by one of fifty cameras of eleven parameters, the weighted error of the projection, and the error of
/// the weight.
/// </summary>
public static class BundleAdjustment
{
    private const int Cameras = 50;
    private const int CameraParameters = 11;
    private const int ObservationsPerPoint = 4;

    /// <summary>The problem with that many observations.</summary>
    public static Problem OfObservations(int count)
    {
        var points = Cameras * CameraParameters;
        var weights = points + 3 * (count / ObservationsPerPoint);
        var features = Features(count);
        return new($"g{count}", $"bundle adjustment, {count:N0} observations", Residuals, Start(count), ReferenceOf(count));

        Real[] Residuals(Real[] x)
        {
            var residuals = new Real[3 * count];
            for (var k = 0; k < count; k++)
            {
                var camera = x.AsSpan(13 * k % Cameras * CameraParameters, CameraParameters);
                var point = x.AsSpan(points + 3 * (k / ObservationsPerPoint), 3);
                var weight = x[weights + k];
                var (u, v) = Project(camera, point);
                residuals[2 * k] = weight * (u - features[2 * k]);
                residuals[2 * k + 1] = weight * (v - features[2 * k + 1]);
                residuals[2 * count + k] = 1 - weight * weight;
            }
            return residuals;
        }
    }

    /// <summary>Rotation by Rodrigues' formula, perspective, and radial distortion.</summary>
    private static (Real U, Real V) Project(ReadOnlySpan<Real> camera, ReadOnlySpan<Real> point)
    {
        var (rx, ry, rz) = (camera[0], camera[1], camera[2]);
        var (dx, dy, dz) = (point[0] - camera[3], point[1] - camera[4], point[2] - camera[5]);
        var (focal, centerX, centerY, k1, k2) = (camera[6], camera[7], camera[8], camera[9], camera[10]);

        var angle = Sqrt(rx * rx + ry * ry + rz * rz);
        Real c = Cos(angle), s = Sin(angle);
        var (ax, ay, az) = (rx / angle, ry / angle, rz / angle);
        var along = (ax * dx + ay * dy + az * dz) * (1 - c);
        var px = dx * c + (ay * dz - az * dy) * s + ax * along;
        var py = dy * c + (az * dx - ax * dz) * s + ay * along;
        var pz = dz * c + (ax * dy - ay * dx) * s + az * along;

        var (x, y) = (px / pz, py / pz);
        var square = x * x + y * y;
        var distortion = 1 + k1 * square + k2 * square * square;
        return (x * distortion * focal + centerX, y * distortion * focal + centerY);
    }

    private static double[] Features(int count)
    {
        var features = new double[2 * count];
        for (var k = 0; k < features.Length; k++)
            features[k] = (k % 2 == 0 ? 320 : 240) + 100 * (Uniform.At(5, k) - 0.5);
        return features;
    }

    private static double[] Start(int count)
    {
        var x = new List<double>();
        for (var camera = 0; camera < Cameras; camera++)
        {
            for (var i = 0; i < 3; i++)
                x.Add(0.1 + 0.2 * Uniform.At(1, 3 * camera + i));
            for (var i = 0; i < 3; i++)
                x.Add(0.5 * (Uniform.At(2, 3 * camera + i) - 0.5));
            x.AddRange([500 + 50 * Uniform.At(3, camera), 320, 240, 0.01 * Uniform.At(4, 2 * camera), 0.001 * Uniform.At(4, 2 * camera + 1)]);
        }
        for (var point = 0; point < count / ObservationsPerPoint; point++)
            x.AddRange([2 * Uniform.At(6, 3 * point) - 1, 2 * Uniform.At(6, 3 * point + 1) - 1, 4 + 2 * Uniform.At(6, 3 * point + 2)]);
        for (var k = 0; k < count; k++)
            x.Add(0.5 + Uniform.At(7, k));
        return [.. x];
    }

    private static Reference? ReferenceOf(int count) => count switch
    {
        100 => new Reference(-1478.1375072, 1706.6030234, 14884.9849173, 8786.86686152, 2900),
        10_000 => new Reference(141541.436271, 20192.0650474, 2419357.25442, 90532.0311476, 290_000),
        _ => null,
    };
}
