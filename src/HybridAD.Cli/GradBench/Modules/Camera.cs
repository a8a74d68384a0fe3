using System.Numerics;

namespace HybridAD.Cli.GradBench.Modules;

/// <summary>Rotations and projections of points in space.</summary>
internal static class Camera
{
    /// <summary>Number of a camera's parameters: rotation (3), centre (3), focal length, principal point (2), radial distortion (2).</summary>
    public const int Parameters = 11;

    /// <summary>Where a camera sees a point.</summary>
    public static (T U, T V) Project<T>(ReadOnlySpan<T> camera, ReadOnlySpan<T> point)
        where T : IFloatingPointIeee754<T>
    {
        var (x, y, z) = Rotate((camera[0], camera[1], camera[2]), (point[0] - camera[3], point[1] - camera[4], point[2] - camera[5]));
        var (a, b) = (x / z, y / z);
        var square = a * a + b * b;
        var distortion = T.One + camera[9] * square + camera[10] * square * square;
        return (a * distortion * camera[6] + camera[7], b * distortion * camera[6] + camera[8]);
    }

    /// <summary>A point turned around an axis by the angle that is the axis' length (Rodrigues).</summary>
    private static (T X, T Y, T Z) Rotate<T>((T X, T Y, T Z) axis, (T X, T Y, T Z) point)
        where T : IFloatingPointIeee754<T>
    {
        var square = axis.X * axis.X + axis.Y * axis.Y + axis.Z * axis.Z;
        if (square == T.Zero)
            return Sum(point, Cross(axis, point), T.One);
        var angle = T.Sqrt(square);
        var (sin, cos) = (T.Sin(angle), T.Cos(angle));
        var unit = (X: axis.X / angle, Y: axis.Y / angle, Z: axis.Z / angle);
        var along = (unit.X * point.X + unit.Y * point.Y + unit.Z * point.Z) * (T.One - cos);
        return Sum(Sum((point.X * cos, point.Y * cos, point.Z * cos), Cross(unit, point), sin), unit, along);
    }

    private static (T X, T Y, T Z) Cross<T>((T X, T Y, T Z) a, (T X, T Y, T Z) b)
        where T : IFloatingPointIeee754<T> => (a.Y * b.Z - a.Z * b.Y, a.Z * b.X - a.X * b.Z, a.X * b.Y - a.Y * b.X);

    private static (T X, T Y, T Z) Sum<T>((T X, T Y, T Z) a, (T X, T Y, T Z) b, T factor)
        where T : IFloatingPointIeee754<T> => (a.X + factor * b.X, a.Y + factor * b.Y, a.Z + factor * b.Z);
}
