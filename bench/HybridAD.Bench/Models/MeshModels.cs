using static HybridAD.Real;

namespace HybridAD.Bench.Models;

/// <summary>Forces on the nodes of meshes, to which every element adds.</summary>
internal static class MeshModels
{
    /// <summary>Corners of six tetrahedra that make a cube.</summary>
    private static readonly int[][] s_tetrahedra = [[0, 1, 3, 7], [0, 1, 5, 7], [0, 2, 3, 7], [0, 2, 6, 7], [0, 4, 5, 7], [0, 4, 6, 7]];

    /// <summary>Name, function and number of inputs.</summary>
    public static (string Name, Func<Real[], Real[]> Function, int Inputs)[] All { get; } =
    [
        ("rubber of 750 tetrahedra", static x => Tetrahedra(x, 5), 3 * 6 * 6 * 6),
        ("solid of 27 bricks, 8 points each", static x => Bricks(x, 3), 3 * 4 * 4 * 4),
    ];

    /// <summary>The node at a corner of a cell of a cube; the bits of a corner are steps along the axes.</summary>
    private static int Node(int cells, int cell, int corner) =>
        ((cell / (cells * cells) + (corner >> 2)) * (cells + 1) + cell / cells % cells + ((corner >> 1) & 1)) * (cells + 1) + cell % cells + (corner & 1);

    /// <summary>Neo-Hooke's material. Inputs: how far each node is from its place, which is on a grid.</summary>
    private static Real[] Tetrahedra(Real[] x, int cells)
    {
        var side = cells + 1;
        var forces = ApplicationModels.Zeros(x.Length);
        for (var cell = 0; cell < cells * cells * cells; cell++)
            foreach (var corners in s_tetrahedra)
            {
                int[] nodes = [.. corners.Select(corner => Node(cells, cell, corner))];
                var edges = new Real[3, 3];
                for (var axis = 0; axis < 3; axis++)
                    for (var edge = 0; edge < 3; edge++)
                        edges[axis, edge] = 5 * (Place(nodes[edge + 1], axis) - Place(nodes[0], axis));
                var volume = edges[0, 0] * Minor(0, 0) + edges[0, 1] * Minor(0, 1) + edges[0, 2] * Minor(0, 2);
                var logarithm = 0.5 * Log(volume * volume);
                for (var axis = 0; axis < 3; axis++)
                {
                    Real sum = 0;
                    for (var edge = 0; edge < 3; edge++)
                    {
                        var inverse = Minor(axis, edge) / volume;
                        var stress = edges[axis, edge] - inverse + 0.5 * logarithm * inverse;
                        forces[3 * nodes[edge + 1] + axis] += 0.04 * stress;
                        sum += stress;
                    }
                    forces[3 * nodes[0] + axis] -= 0.04 * sum;
                }

                Real Minor(int axis, int edge)
                {
                    var (a, b, c, d) = ((axis + 1) % 3, (axis + 2) % 3, (edge + 1) % 3, (edge + 2) % 3);
                    return edges[a, c] * edges[b, d] - edges[a, d] * edges[b, c];
                }
            }
        return forces;

        Real Place(int node, int axis) => 0.02 * x[3 * node + axis] + 0.2 * (axis == 0 ? node / (side * side) : axis == 1 ? node / side % side : node % side);
    }

    /// <summary>Saint Venant's and Kirchhoff's material, integrated by Gauss's eight points.</summary>
    private static Real[] Bricks(Real[] x, int cells)
    {
        var forces = ApplicationModels.Zeros(x.Length);
        var slopes = Enumerable.Range(0, 8).Select(static point => Enumerable.Range(0, 8).Select(corner => Slopes(point, corner)).ToArray()).ToArray();
        for (var cell = 0; cell < cells * cells * cells; cell++)
        {
            int[] nodes = [.. Enumerable.Range(0, 8).Select(corner => Node(cells, cell, corner))];
            foreach (var at in slopes)
            {
                var gradient = Each((i, j) => Sum(8, a => 0.02 * x[3 * nodes[a] + i] * at[a][j]) + (i == j ? 1 : 0));
                var strain = Each((i, j) => 0.5 * Sum(3, k => gradient[k, i] * gradient[k, j]) - (i == j ? 0.5 : 0));
                var trace = strain[0, 0] + strain[1, 1] + strain[2, 2];
                var stress = Each((i, j) => Sum(3, k => gradient[i, k] * (2 * strain[k, j] + (k == j ? trace : 0))));
                for (var a = 0; a < 8; a++)
                    for (var i = 0; i < 3; i++)
                        forces[3 * nodes[a] + i] += Sum(3, j => stress[i, j] * at[a][j]);
            }
        }
        return forces;

        static Real Sum(int count, Func<int, Real> term) => Enumerable.Range(0, count).Select(term).Aggregate(static (sum, one) => sum + one);

        static Real[,] Each(Func<int, int, Real> entry)
        {
            var matrix = new Real[3, 3];
            for (var k = 0; k < 9; k++)
                matrix[k / 3, k % 3] = entry(k / 3, k % 3);
            return matrix;
        }

        static double[] Slopes(int point, int corner)
        {
            double[] signs = [(corner >> 2) * 2 - 1, ((corner >> 1) & 1) * 2 - 1, (corner & 1) * 2 - 1];
            double[] shapes = [.. signs.Select((sign, axis) => 1 + sign * (((point >> (2 - axis)) & 1) * 2 - 1) / Math.Sqrt(3))];
            return [.. signs.Select((sign, axis) => sign * shapes[(axis + 1) % 3] * shapes[(axis + 2) % 3] / 4)];
        }
    }
}
