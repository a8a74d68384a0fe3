using HybridAD.DocTests.Repository;

namespace HybridAD.DocTests;

/// <summary>The pictures of plans are what the plans of the functions shown beside them look like today.</summary>
public class DrawingTests
{
    private static readonly bool s_updating = Environment.GetEnvironmentVariable("HYBRIDAD_UPDATE_DOCS") == "1";

    [Fact]
    public void The_seed_example_is_drawn()
    {
        var seed = AD.Trace(x => (x[0] + x[1]) * (x[1] + 1), [2.0, 1.0]);
        RequirePicture("docs/images/plan-seed.svg", seed.PlanJacobian().ToSvg(seed.Trace));
    }

    [Fact]
    public void A_waist_is_drawn_with_its_two_modes()
    {
        var waist = AD.Trace(x =>
        {
            Real[] middle = [Real.Sum([.. x.Select(v => Real.Sin(v))]), Real.Sum([.. x.Select(v => v * v)]), Real.Sum([.. x.Select(v => Real.Exp(-v))])];
            return [.. Enumerable.Range(1, 200).Select(k => Real.Tanh(middle[0] / k) * middle[1] + k * middle[2])];
        }, Enumerable.Repeat(0.5, 200).ToArray());
        RequirePicture("docs/images/plan-waist.svg", waist.PlanJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted }).ToSvg());
    }

    [Fact]
    public void A_plan_of_kernels_is_drawn_with_the_mode_of_each()
    {
        // A camera of three angles and a position sees 300 points, two numbers each.
        var camera = AD.Trace(x =>
        {
            var (a, b, c) = (x[0], x[1], x[2]);
            Real[] r =
            [
                Real.Cos(b) * Real.Cos(c), Real.Sin(a) * Real.Sin(b) * Real.Cos(c) - Real.Cos(a) * Real.Sin(c), Real.Cos(a) * Real.Sin(b) * Real.Cos(c) + Real.Sin(a) * Real.Sin(c),
                Real.Cos(b) * Real.Sin(c), Real.Sin(a) * Real.Sin(b) * Real.Sin(c) + Real.Cos(a) * Real.Cos(c), Real.Cos(a) * Real.Sin(b) * Real.Sin(c) - Real.Sin(a) * Real.Cos(c),
                -Real.Sin(b), Real.Sin(a) * Real.Cos(b), Real.Cos(a) * Real.Cos(b),
            ];
            var seen = new List<Real>();
            for (var p = 6; p < x.Length; p += 3)
            {
                var u = r[0] * x[p] + r[1] * x[p + 1] + r[2] * x[p + 2] + x[3];
                var v = r[3] * x[p] + r[4] * x[p + 1] + r[5] * x[p + 2] + x[4];
                var depth = r[6] * x[p] + r[7] * x[p + 1] + r[8] * x[p + 2] + x[5];
                var (s, t) = (u / depth, v / depth);
                var lens = 1 + 0.1 * (s * s + t * t);
                seen.AddRange([s * lens, t * lens]);
            }
            return [.. seen];
        }, [0.1, 0.2, 0.3, 0, 0, 5, .. Enumerable.Range(0, 900).Select(k => Math.Sin(k))]);
        RequirePicture("docs/images/plan-camera.svg", camera.PlanJacobian().ToSvg());
    }

    private static void RequirePicture(string path, string picture)
    {
        if (s_updating)
            File.WriteAllText(Path.Combine(Checkout.Root, path), picture);
        Assert.True(Checkout.Exists(path) && Checkout.Read(path) == picture, $"{path} is not the picture of today's plan; HYBRIDAD_UPDATE_DOCS=1 draws it anew.");
    }
}
