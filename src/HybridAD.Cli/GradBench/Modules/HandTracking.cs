using System.Numerics;
using System.Text.Json;

namespace HybridAD.Cli.GradBench.Modules;

/// <summary>Fitting a hand: bones are turned by the joints' angles, vertices of the skin follow the bones, and points seen belong to vertices, or to places in triangles of them.</summary>
internal sealed class HandTracking() : GradBenchModule("ht")
{
    private const int Fingers = 5;
    private const int JointsOfFinger = 3;
    private const int FirstFingerBone = 2;
    private const int BonesOfFinger = 4;

    /// <summary>Rotation and place of the hand (6), and the angles of fingers: one a joint, and one more where a finger begins.</summary>
    private const int Parameters = 6 + Fingers * (JointsOfFinger + 1);

    /// <summary>Places in a triangle that a point has of its own.</summary>
    private const int Own = 2;

    public override Prepared Prepare(string function, JsonElement input, Preparation preparation)
    {
        var hand = Hand.Of(input);
        double[] x = [.. input.Numbers("theta", Parameters), .. hand.IsSimple ? [] : input.Rows("us", hand.Points.Count, Own).Numbers];
        switch (function)
        {
            case "objective":
                var y = new double[3 * hand.Points.Count];
                var values = preparation.Values(preparation.Trace(inputs => Distances<Real>(inputs, hand), x), x);
                return new Prepared(() => values(y), json => json.FiniteList(y));
            case "jacobian":
                var jacobian = preparation.Jacobian(preparation.Trace(inputs => Distances<Real>(inputs, hand), x), x);
                return new Prepared(jacobian.Evaluate, json => WriteRows(json, jacobian, hand.IsSimple ? 0 : Own));
            default:
                throw NoFunction(function);
        }
    }

    /// <summary>Each point seen minus where the hand has it, three numbers a point.</summary>
    public static T[] Distances<T>(ReadOnlySpan<T> x, Hand hand)
        where T : IFloatingPointIeee754<T>
    {
        var bones = Transforms(x[..Parameters], hand);
        var placement = Placement(x[..Parameters]);
        var own = x[Parameters..].ToArray();
        var vertices = AD.Map(hand.Positions.Count, Vertex, "vertices");
        return [.. AD.Map(hand.Points.Count, Distance, "points").SelectMany(static distance => distance)];

        T[] Vertex(int vertex)
        {
            var position = hand.Positions.Row(vertex);
            var place = new T[] { T.Zero, T.Zero, T.Zero };
            for (var bone = 0; bone < bones.Length; bone++)
            {
                var moved = bones[bone].Apply(position);
                var weight = T.CreateTruncating(hand.Weights[vertex, bone]);
                for (var i = 0; i < 3; i++)
                    place[i] += weight * moved[i];
            }
            if (hand.IsMirrored)
                place[0] = -place[0];
            return placement.Apply(place);
        }

        T[] Distance(int point)
        {
            var seen = hand.Points.Row(point);
            var distance = new T[3];
            for (var i = 0; i < 3; i++)
                distance[i] = T.CreateTruncating(seen[i]) - Place(point, i);
            return distance;
        }

        T Place(int point, int i)
        {
            if (hand.IsSimple)
                return vertices[hand.Correspondences[point]][i];
            var triangle = hand.Triangles.AsSpan(3 * hand.Correspondences[point], 3);
            T u = own[2 * point], v = own[2 * point + 1];
            return u * vertices[triangle[0]][i] + v * vertices[triangle[1]][i] + (T.One - u - v) * vertices[triangle[2]][i];
        }
    }

    /// <summary>What each bone does to the vertices that follow it.</summary>
    private static Affine<T>[] Transforms<T>(ReadOnlySpan<T> theta, Hand hand)
        where T : IFloatingPointIeee754<T>
    {
        var angles = new (T X, T Y, T Z)[hand.Parents.Length];
        Array.Fill(angles, (T.Zero, T.Zero, T.Zero));
        var next = 6;
        for (var finger = 0; finger < Fingers; finger++)
            for (var joint = 0; joint < JointsOfFinger; joint++)
                angles[FirstFingerBone + BonesOfFinger * finger + joint] = (theta[next++], T.Zero, joint == 0 ? theta[next++] : T.Zero);
        var absolutes = new Affine<T>[angles.Length];
        var transforms = new Affine<T>[angles.Length];
        for (var bone = 0; bone < angles.Length; bone++)
        {
            var relative = Affine<T>.Of(hand.Relatives[bone]).Times(Affine<T>.Rotation(angles[bone].X, angles[bone].Y, angles[bone].Z));
            absolutes[bone] = hand.Parents[bone] < 0 ? relative : absolutes[hand.Parents[bone]].Times(relative);
            transforms[bone] = absolutes[bone].Times(Affine<T>.Of(hand.InverseAbsolutes[bone]));
        }
        return transforms;
    }

    private static Affine<T> Placement<T>(ReadOnlySpan<T> theta)
        where T : IFloatingPointIeee754<T> => Affine<T>.AngleAxis(theta[0], theta[1], theta[2]).MovedTo(theta[3], theta[4], theta[5]);

    /// <summary>Own places first, then all that points share; what a row does not depend on is 0.</summary>
    private static void WriteRows(Utf8JsonWriter json, PlannedJacobian jacobian, int own)
    {
        var row = new double[own + Parameters];
        json.WriteStartArray();
        for (var i = 0; i < jacobian.Pattern.RowCount; i++)
        {
            Array.Clear(row);
            for (var k = jacobian.Pattern.RowStarts[i]; k < jacobian.Pattern.RowStarts[i + 1]; k++)
            {
                var column = jacobian.Pattern.Columns[k];
                row[column < Parameters ? own + column : (column - Parameters) % Own] = jacobian.Nonzeros[k];
            }
            json.FiniteList(row);
        }
        json.WriteEndArray();
    }

    /// <summary>The model of a hand, and the points that were seen.</summary>
    internal sealed record Hand
    {
        public required int[] Parents { get; init; }

        public required Rows[] Relatives { get; init; }

        public required Rows[] InverseAbsolutes { get; init; }

        public required Rows Positions { get; init; }

        public required Rows Weights { get; init; }

        public required int[] Triangles { get; init; }

        public required bool IsMirrored { get; init; }

        public required int[] Correspondences { get; init; }

        public required Rows Points { get; init; }

        public required bool IsSimple { get; init; }

        public static Hand Of(JsonElement input)
        {
            var data = input.Member("data");
            var model = data.Member("model");
            var bones = model.Count("bone_count");
            const int Needed = FirstFingerBone + BonesOfFinger * (Fingers - 1) + JointsOfFinger;
            if (bones < Needed)
                throw new ModuleException($"'bone_count' is {bones}; the fingers have bones up to number {Needed - 1}");
            var parents = model.Indices("parents", bones, orNone: true);
            if (parents.Length != bones || parents.Where(static (parent, bone) => parent >= bone).Any())
                throw new ModuleException("'parents' has not one bone for each, or one that does not come before it");
            var positions = model.Rows("base_positions", columns: 4);
            var triangles = Array.ConvertAll(model.Rows("triangles", columns: 3).Numbers, Index);
            var isSimple = InputReading.AsList(input.Member("us"), "us", null).GetArrayLength() == 0;
            var correspondences = data.Indices("correspondences", isSimple ? positions.Count : triangles.Length / 3);
            return new Hand
            {
                Parents = parents, Relatives = Matrices("base_relatives"), InverseAbsolutes = Matrices("inverse_base_absolutes"), Positions = positions,
                Weights = model.Rows("weights", positions.Count, bones), Triangles = triangles, IsMirrored = model.Member("is_mirrored").ValueKind == JsonValueKind.True,
                Correspondences = correspondences, Points = data.Rows("points", correspondences.Length, 3), IsSimple = isSimple,
            };

            Rows[] Matrices(string name)
            {
                var list = InputReading.AsList(model.Member(name), name, bones);
                return [.. list.EnumerateArray().Select(matrix => InputReading.AsRows(matrix, name, 4, 4))];
            }

            int Index(double number) => number >= 0 && number < positions.Count && number == Math.Floor(number)
                ? (int)number
                : throw new ModuleException($"'triangles' has {number}; allowed: whole numbers from 0 to {positions.Count - 1}");
        }
    }
}
