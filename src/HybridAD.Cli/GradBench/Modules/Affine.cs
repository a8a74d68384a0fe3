using System.Numerics;

namespace HybridAD.Cli.GradBench.Modules;

/// <summary>A rotation (or any other matrix) and a displacement after it.</summary>
internal sealed class Affine<T>
    where T : IFloatingPointIeee754<T>
{
    private readonly T[] _matrix;
    private readonly T[] _displacement;

    private Affine(T[] matrix, T[] displacement) => (_matrix, _displacement) = (matrix, displacement);

    /// <summary>The upper three rows of a matrix of four rows.</summary>
    public static Affine<T> Of(Rows matrix)
    {
        var (square, displacement) = (new T[9], new T[3]);
        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 3; j++)
                square[3 * i + j] = T.CreateTruncating(matrix[i, j]);
            displacement[i] = T.CreateTruncating(matrix[i, 3]);
        }
        return new(square, displacement);
    }

    /// <summary>Turned around x, then around y, then around z.</summary>
    public static Affine<T> Rotation(T x, T y, T z)
    {
        T cosX = T.Cos(x), sinX = T.Sin(x), cosY = T.Cos(y), sinY = T.Sin(y), cosZ = T.Cos(z), sinZ = T.Sin(z);
        T[] aroundX = [T.One, T.Zero, T.Zero, T.Zero, cosX, -sinX, T.Zero, sinX, cosX];
        T[] aroundY = [cosY, T.Zero, sinY, T.Zero, T.One, T.Zero, -sinY, T.Zero, cosY];
        T[] aroundZ = [cosZ, -sinZ, T.Zero, sinZ, cosZ, T.Zero, T.Zero, T.Zero, T.One];
        return new(Product(aroundZ, Product(aroundY, aroundX)), [T.Zero, T.Zero, T.Zero]);
    }

    /// <summary>Turned around an axis by the angle that is its length (Rodrigues); not at all where that is less than 10⁻⁴.</summary>
    public static Affine<T> AngleAxis(T x, T y, T z)
    {
        var norm = T.Sqrt(x * x + y * y + z * z);
        if (norm < T.CreateTruncating(1e-4))
            return new([T.One, T.Zero, T.Zero, T.Zero, T.One, T.Zero, T.Zero, T.Zero, T.One], [T.Zero, T.Zero, T.Zero]);
        (x, y, z) = (x / norm, y / norm, z / norm);
        T sin = T.Sin(norm), cos = T.Cos(norm);
        var rest = T.One - cos;
        return new(
            [
                x * x * rest + cos, x * y * rest - z * sin, x * z * rest + y * sin,
                x * y * rest + z * sin, y * y * rest + cos, y * z * rest - x * sin,
                x * z * rest - y * sin, z * y * rest + x * sin, z * z * rest + cos,
            ],
            [T.Zero, T.Zero, T.Zero]);
    }

    /// <summary>With another displacement.</summary>
    public Affine<T> MovedTo(T x, T y, T z) => new(_matrix, [x, y, z]);

    /// <summary>This after another.</summary>
    public Affine<T> Times(Affine<T> inner) => new(Product(_matrix, inner._matrix), Apply(inner._displacement));

    /// <summary>Where a point goes.</summary>
    public T[] Apply(T[] point)
    {
        var moved = new T[3];
        for (var i = 0; i < 3; i++)
            moved[i] = _matrix[3 * i] * point[0] + _matrix[3 * i + 1] * point[1] + _matrix[3 * i + 2] * point[2] + _displacement[i];
        return moved;
    }

    /// <summary>Where a point goes that is given by four numbers, of which the last multiplies the displacement.</summary>
    public T[] Apply(ReadOnlySpan<double> point)
    {
        T x = T.CreateTruncating(point[0]), y = T.CreateTruncating(point[1]), z = T.CreateTruncating(point[2]), w = T.CreateTruncating(point[3]);
        var moved = new T[3];
        for (var i = 0; i < 3; i++)
            moved[i] = _matrix[3 * i] * x + _matrix[3 * i + 1] * y + _matrix[3 * i + 2] * z + _displacement[i] * w;
        return moved;
    }

    private static T[] Product(T[] a, T[] b)
    {
        var product = new T[9];
        for (var i = 0; i < 3; i++)
            for (var j = 0; j < 3; j++)
                product[3 * i + j] = a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
        return product;
    }
}
